"""Quotas of customers: granted, changed and ended, and the charges that they cover."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.engine import Door
from data_access.base.errors import Invalid, NotFound, NotPermitted, Rejected, Stale
from data_access.base.integrity_errors import constraint_of
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.services.quotas import ChangeQuota, EndQuota, GrantQuota
from data_access.commands.services.usage import BookCharges, Charge, RecordUsage, UsageBooked
from data_access.models.customers import BalanceControl, BillingPeriod, Customer
from data_access.models.money import Invoice, InvoiceLine, Transaction
from data_access.models.quotas import MeasuredUse, Quota, QuotaUse, Unit, WhenUsedUp
from data_access.queries.audit.customer_audit import CustomerAudit
from data_access.queries.billing.ledger import FindTransactions
from data_access.queries.customers.usability import IsUsable, MayUse, Usability
from data_access.queries.services.quotas import QuotaRow, QuotasOf, QuotaState
from data_access.queries.timeline.timeline import Timeline, TimelineKind
from data_access.services.facts.quota_coverage import Measured
from data_access.store.access import Access, new_command_id
from tests.data_access.test_corrections import undoing
from tests.data_access.test_periods_closing import close, in_march
from tests.data_access.test_periods_closing import rows as lines_of
from tests.data_access.test_unit_of_work import at_once
from tests.support.builders import a_customer, a_quota, a_reseller, an_account
from tests.support.ledgers import read_ledgers
from tests.support.outbox import a_webhook, messages
from tests.support.people import NOW, access_for
from tests.support.tables import only

D = Decimal
MINUTES = Unit.MINUTES
FIRST = date(2026, 3, 1)
PREPAID = {"balance_control": BalanceControl.PREPAID}
APRIL = NOW + timedelta(days=20)


def grant(engine: Engine, customer_id: int, role: Role = Role.SUPPORT, **over: Any) -> int:
    order = GrantQuota(
        **({"customer_id": customer_id, "service": "Calls", "unit": MINUTES, "allowance": D(100)} | over),
        command_id=new_command_id(),
    )
    return access_for(engine, role).execute(order).quota_id


def change(engine: Engine, quota_id: int, **over: Any) -> Any:
    told = {"version": 1, "allowance": D(100), "rollovers": 0, "when_used_up": WhenUsedUp.NORMAL_PRICE} | over
    return access_for(engine).execute(ChangeQuota(quota_id=quota_id, command_id=new_command_id(), **told))


def end(engine: Engine, quota_id: int, version: int = 1) -> None:
    access_for(engine).execute(EndQuota(quota_id=quota_id, version=version, command_id=new_command_id()))


def use(engine: Engine, customer_id: int, quantity: str, price: str = "1.2", reference: str = "cdr-1",
        access: Access | None = None, **over: Any) -> UsageBooked:  # fmt: skip
    told: dict[str, Any] = {
        "customer_id": customer_id, "amount": D(price), "service": "Calls", "at": NOW - timedelta(minutes=5),
        "reference": reference, "quantity": D(quantity), "unit": MINUTES,
    }  # fmt: skip
    return (access or access_for(engine, Role.ADMIN)).execute(RecordUsage(**(told | over), command_id=new_command_id()))


def quotas(engine: Engine, customer_id: int, now: Any = NOW) -> tuple[QuotaRow, ...]:
    return access_for(engine, now=now).fetch(QuotasOf(customer_id))


def charged(engine: Engine, customer_id: int) -> list[Decimal]:
    with Session(engine) as session:
        asked = select(Transaction).where(Transaction.customer_id == customer_id, Transaction.kind == Kind.USAGE_CHARGE)
        return [row.amount for row in session.scalars(asked.order_by(Transaction.id))]


def bills(engine: Engine, customer_id: int) -> list[Any]:
    return lines_of(engine, Invoice, customer_id)


def taken(engine: Engine) -> list[tuple[int, date, Decimal]]:
    with Session(engine) as session:
        rows = session.scalars(select(QuotaUse).order_by(QuotaUse.id))
        return [(row.quota_id, row.granted_on, row.quantity) for row in rows]


def test_a_quota_that_is_granted_can_be_used_today(engine: Engine) -> None:
    customer = a_customer(engine)
    grant(engine, customer, rollovers=2)
    (row,) = quotas(engine, customer)
    assert (row.service, row.unit, row.allowance, row.renewal, row.rollovers, row.when_used_up) == (
        "Calls", MINUTES, D(100), BillingPeriod.MONTHLY, 2, WhenUsedUp.NORMAL_PRICE,
    )  # fmt: skip
    assert (row.state, row.left, row.renewed_on) == (QuotaState.ACTIVE, D(100), date(2026, 4, 1))


def test_what_is_covered_is_not_charged_and_the_rest_is_by_its_share(engine: Engine) -> None:
    customer = a_customer(engine)
    quota = a_quota(engine, customer, allowance=D(15))
    use(engine, customer, "10")
    use(engine, customer, "12", reference="cdr-2")
    use(engine, customer, "12", reference="cdr-3")
    assert charged(engine, customer) == [D(0), D("0.7"), D("1.2")]
    assert taken(engine) == [(quota, FIRST, D(10)), (quota, FIRST, D(5))]
    assert read_ledgers(engine).breaches() == []


def test_usage_of_another_service_or_unit_or_without_a_quantity_is_charged_whole(engine: Engine) -> None:
    customer = a_customer(engine)
    a_quota(engine, customer)
    use(engine, customer, "1", reference="a", service="Messages")
    use(engine, customer, "1", reference="b", unit=Unit.PIECES)
    access = access_for(engine, Role.ADMIN)
    access.execute(
        RecordUsage(
            customer_id=customer, amount=D("1.2"), service="Calls", at=NOW, reference="c", command_id=new_command_id()
        )
    )
    assert (charged(engine, customer), taken(engine)) == ([D("1.2")] * 3, [])


def test_the_grant_that_expires_first_is_used_first(engine: Engine) -> None:
    customer = a_customer(engine)
    quota = a_quota(engine, customer, rollovers=1, allowance=D(10))
    use(engine, customer, "12")
    assert taken(engine) == [(quota, date(2026, 2, 1), D(10)), (quota, FIRST, D(2))]
    (row,) = quotas(engine, customer)
    assert (row.rolled_over, row.left) == ((), D(8))


def test_what_is_rolled_over_is_shown_until_it_expires(engine: Engine) -> None:
    customer = a_customer(engine)
    a_quota(engine, customer, rollovers=1, started_on=date(2026, 2, 1))
    use(engine, customer, "30", at=NOW - timedelta(days=20))
    (row,), (later,) = quotas(engine, customer), quotas(engine, customer, APRIL)
    assert [(one.left, one.expires_on) for one in row.rolled_over] == [(D(70), date(2026, 3, 31))]
    assert (row.left, later.left, [one.left for one in later.rolled_over]) == (D(170), D(200), [D(100)])


def test_a_charge_sent_again_takes_nothing_more(engine: Engine) -> None:
    customer = a_customer(engine)
    a_quota(engine, customer)
    first = use(engine, customer, "12")
    again = use(engine, customer, "12")
    assert (first.is_new, again.is_new, again.transaction_id) == (True, False, first.transaction_id)
    assert quotas(engine, customer)[0].left == D(88)


@pytest.mark.parametrize("other", [{"price": "1.3"}, {"quantity": "13"}, {"unit": Unit.PIECES}])
def test_the_same_reference_for_something_else_is_refused(engine: Engine, other: dict[str, Any]) -> None:
    customer = a_customer(engine)
    a_quota(engine, customer)
    use(engine, customer, "12")
    with pytest.raises(Rejected, match=r"already booked, with 1\.20 EUR for 12 minutes"):
        use(engine, customer, **({"quantity": "12"} | other))


def test_charges_that_come_at_once_share_what_is_left(engine: Engine) -> None:
    customer = a_customer(engine)
    a_quota(engine, customer)
    access = access_for(engine, Role.ADMIN)
    at_once(*[lambda n=n: use(engine, customer, "40", "4", f"cdr-{n}", access) for n in range(4)])
    assert sorted(charged(engine, customer)) == [D(0), D(0), D(2), D(4)]
    assert sum(quantity for *_, quantity in taken(engine)) == D(100)


def test_two_grants_at_once_make_one_quota(engine: Engine) -> None:
    customer = a_customer(engine)
    outcomes = at_once(*[lambda: grant(engine, customer) for _ in range(2)])
    assert sum(isinstance(outcome, Rejected) for outcome in outcomes) == 1
    assert len(quotas(engine, customer)) == 1


def test_a_reversed_charge_gives_the_quota_back(engine: Engine) -> None:
    customer = a_customer(engine)
    a_quota(engine, customer)
    booked = [use(engine, customer, "90"), use(engine, customer, "20", reference="cdr-2")]
    for one in booked:
        access_for(engine, Role.ADMIN).execute(undoing(one.transaction_id))
    assert quotas(engine, customer)[0].left == D(100)
    with Session(engine) as session:
        assert session.get_one(Customer, customer).balance == D(0)
    assert read_ledgers(engine).breaches() == []


def test_usage_that_comes_late_takes_from_what_lived_on_its_day(engine: Engine) -> None:
    customer = a_customer(engine)
    quota = a_quota(engine, customer)
    use(engine, customer, "12", at=NOW - timedelta(days=20))
    assert taken(engine) == [(quota, date(2026, 2, 1), D(12))]
    assert quotas(engine, customer)[0].left == D(100)


def test_a_period_begins_at_midnight_where_the_customer_is_billed(engine: Engine) -> None:
    customer = a_customer(engine, billing_zone="Asia/Tokyo")
    quota = a_quota(engine, customer)
    use(engine, customer, "1", "1", "before", at=NOW.replace(month=2, day=28, hour=14))
    use(engine, customer, "1", "1", "after", at=NOW.replace(month=2, day=28, hour=15))
    assert taken(engine) == [(quota, date(2026, 2, 1), D(1)), (quota, FIRST, D(1))]


def asked(engine: Engine, quantity: str, facts: dict[str, Any] | None = None, **quota: Any) -> Usability:
    """What is answered for a call of so many minutes at one EUR, with ten minutes left of a quota."""
    customer = a_customer(engine, **(facts or {}))
    an_account(engine, customer, account_code="line")
    a_quota(engine, customer, **({"allowance": D(10)} | quota))
    measured = Measured(quota.get("service", "Calls"), D(quantity), MINUTES)
    return access_for(engine).fetch(MayUse("line", D(1), measured))


BLOCKS = {"when_used_up": WhenUsedUp.BLOCK}


def test_a_quota_that_blocks_tells_why(engine: Engine) -> None:
    answer = asked(engine, "12", **BLOCKS)
    assert (answer.is_usable, answer.why) == (
        False,
        "The quota of 10 minutes for Calls has 10 minutes left, not 12 minutes: it blocks what goes beyond. "
        "It is renewed on 1 April 2026. Support, a manager or an admin can change it.",
    )


@pytest.mark.parametrize(
    ("quantity", "quota"),
    [("12", {}), ("10", BLOCKS), ("0", BLOCKS), ("12", {"ended_on": NOW.date() - timedelta(days=1)} | BLOCKS)],
)
def test_what_is_covered_or_goes_beyond_at_the_normal_price_may_be_used(
    engine: Engine, quantity: str, quota: dict[str, Any]
) -> None:
    answer = asked(engine, quantity, **quota)
    assert (answer.is_usable, answer.is_limited) == (True, False)


def test_internet_access_goes_on_slower(engine: Engine) -> None:
    slower = {"service": "Internet access", "when_used_up": WhenUsedUp.LIMIT}
    assert (asked(engine, "10", **slower).is_limited, asked_beyond(engine).is_limited) == (False, True)


def asked_beyond(engine: Engine) -> Usability:
    return access_for(engine).fetch(MayUse("line", D(1), Measured("Internet access", D(11), MINUTES)))


def test_what_a_quota_covers_may_be_used_without_any_funds(engine: Engine) -> None:
    assert asked(engine, "10", PREPAID).is_usable
    assert "No funds" in access_for(engine).fetch(MayUse("line", D(1), Measured("Calls", D(11), MINUTES))).why
    assert "No funds" in access_for(engine).fetch(IsUsable("line")).why


@pytest.mark.parametrize("facts", [{"credit_limit": D(0)}, PREPAID | {"balance": D(-1)}])
def test_no_limit_holds_for_what_costs_nothing(engine: Engine, facts: dict[str, Any]) -> None:
    assert asked(engine, "10", facts).is_usable


def test_funds_have_to_cover_the_rest_alone(engine: Engine) -> None:
    facts = PREPAID | {"balance": D("-0.5")}
    assert asked(engine, "20", facts).is_usable
    refused = access_for(engine).fetch(MayUse("line", D(1), Measured("Calls", D(21), MINUTES)))
    assert "do not cover 0.52381 EUR" in refused.why


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"blocked": True}, "is blocked"),
        ({"bill_status": BillStatus.SUSPENDED}, "is suspended"),
        ({"bill_status": BillStatus.PROVISIONALLY_TERMINATED}, "provisionally terminated"),
        ({"bill_status": BillStatus.PERMANENTLY_TERMINATED}, "permanently terminated"),
        ({"bill_status": BillStatus.EXPORTED}, "exported"),
    ],
)
def test_a_quota_opens_nothing_that_a_status_closes(engine: Engine, facts: dict[str, Any], why: str) -> None:
    assert why in asked(engine, "10", facts).why


def test_usage_beyond_a_quota_that_blocks_is_refused_and_takes_nothing(engine: Engine) -> None:
    customer = a_customer(engine)
    a_quota(engine, customer, allowance=D(10), **BLOCKS)
    with pytest.raises(Rejected, match="has 10 minutes left, not 12 minutes"):
        use(engine, customer, "12")
    use(engine, customer, "10")
    with pytest.raises(Rejected, match="is used up"):
        use(engine, customer, "1", reference="cdr-2")
    assert (charged(engine, customer), len(taken(engine))) == ([D(0)], 1)


def test_what_was_used_already_is_charged_beyond_a_quota_that_blocks(engine: Engine) -> None:
    customer = a_customer(engine)
    a_quota(engine, customer, allowance=D(10), **BLOCKS)
    calls = tuple((customer, Charge(f"r{n}", D(1), "Calls", NOW.date(), "", D(8), MINUTES)) for n in range(2))
    order = BookCharges(charges=calls, command_id=new_command_id())
    assert access_for(engine, Role.ADMIN).execute(order).booked == 2
    assert charged(engine, customer) == [D(0), D("0.75")]


def test_the_ledger_tells_what_was_used_and_what_a_quota_covered(engine: Engine) -> None:
    customer = a_customer(engine)
    a_quota(engine, customer, allowance=D(15))
    for number in range(3):
        use(engine, customer, "10", reference=f"cdr-{number}")
    page = access_for(engine).fetch(FindTransactions(customer))
    assert [row.measured for row in page.rows] == [
        "10 minutes", "10 minutes, 5 by quota", "10 minutes, all by quota",
    ]  # fmt: skip
    lines = access_for(engine).fetch(Timeline(customer, (TimelineKind.MONEY,))).rows
    assert [line.detail for line in lines][-1] == "Calls · 10 minutes, all by quota"


def test_a_charge_of_nothing_moves_no_balance_and_tells_nobody_so(engine: Engine) -> None:
    customer = a_customer(engine, email="nadia@example.org")
    a_webhook(engine)
    a_quota(engine, customer)
    use(engine, customer, "10")
    assert messages(engine) == []


def test_the_customer_is_told_once_a_period_that_a_quota_is_nearly_used_up(engine: Engine) -> None:
    customer = a_customer(engine, email="nadia@example.org", company_name="Nadia Ltd")
    a_quota(engine, customer, **BLOCKS)
    use(engine, customer, "79", reference="a")
    assert messages(engine) == []
    booked = use(engine, customer, "1", reference="b")
    access_for(engine, Role.ADMIN).execute(undoing(booked.transaction_id))
    use(engine, customer, "2", reference="c")
    (told,) = messages(engine)
    assert told.subject == "You have used 80 minutes of 100 minutes"
    assert "100 minutes for Calls that you have until 31 March 2026" in told.body
    assert "Nothing can be used beyond it until then." in told.body
    use(engine, customer, "90", reference="d", access=access_for(engine, Role.ADMIN, APRIL), at=APRIL)
    assert len(messages(engine)) == 2


def test_a_new_allowance_holds_from_the_next_period_on(engine: Engine) -> None:
    customer = a_customer(engine)
    old = a_quota(engine, customer, rollovers=1, started_on=FIRST)
    use(engine, customer, "40")
    saved = change(engine, old, allowance=D(50), rollovers=1)
    assert saved.counts_from == "2026-04-01"
    now, later = quotas(engine, customer), quotas(engine, customer, APRIL)
    assert [(row.state, row.left) for row in now] == [(QuotaState.ACTIVE, D(60)), (QuotaState.PENDING, D(0))]
    assert [(row.state, row.left) for row in later] == [(QuotaState.LEFT_OVER, D(60)), (QuotaState.ACTIVE, D(50))]


def test_what_happens_when_it_is_used_up_changes_at_once(engine: Engine) -> None:
    customer = a_customer(engine)
    quota = a_quota(engine, customer, allowance=D(10), **BLOCKS)
    use(engine, customer, "10")
    change(engine, quota, allowance=D(10))
    assert use(engine, customer, "1", reference="cdr-2").is_new


def test_a_quota_of_which_nothing_was_used_is_changed_at_once_in_its_first_period(engine: Engine) -> None:
    customer = a_customer(engine)
    quota = a_quota(engine, customer, started_on=NOW.date())
    assert change(engine, quota, allowance=D(7)).quota_id == quota
    assert [row.left for row in quotas(engine, customer)] == [D(7)]


def test_a_quota_that_ended_covers_until_what_is_left_expires_and_is_not_granted_anew(engine: Engine) -> None:
    customer = a_customer(engine)
    quota = a_quota(engine, customer, allowance=D(10), **BLOCKS)
    use(engine, customer, "2")
    end(engine, quota)
    (row,), (later,) = quotas(engine, customer), quotas(engine, customer, APRIL)
    assert (row.left, row.renewed_on, later.state, later.left) == (D(8), None, QuotaState.CLOSED, D(0))
    tomorrow = NOW + timedelta(days=1)
    use(engine, customer, "10", "1", "cdr-2", access_for(engine, Role.ADMIN, tomorrow), at=tomorrow)
    assert charged(engine, customer) == [D(0), D("0.2")]  # and it blocks no more


def test_a_quota_of_which_nothing_was_used_is_withdrawn(engine: Engine) -> None:
    customer = a_customer(engine)
    end(engine, grant(engine, customer))
    assert quotas(engine, customer) == ()
    assert grant(engine, customer)


def test_a_second_quota_for_the_same_is_refused(engine: Engine) -> None:
    customer = a_customer(engine)
    grant(engine, customer)
    with pytest.raises(Rejected, match="already has a quota for Calls in minutes: change or end that one"):
        grant(engine, customer)
    assert grant(engine, customer, unit=Unit.PIECES)
    assert grant(engine, a_customer(engine))


def test_no_period_is_granted_twice(engine: Engine) -> None:
    customer = a_customer(engine)
    quota = a_quota(engine, customer)
    use(engine, customer, "2")
    end(engine, quota)
    with pytest.raises(Invalid, match="granted until 31 March 2026: choose a day after that"):
        grant(engine, customer)
    assert grant(engine, customer, started_on=date(2026, 4, 1))


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"service": "Tea"}, "service"),
        ({"allowance": D(0)}, "allowance"),
        ({"allowance": D("0.000001")}, "allowance"),
        ({"rollovers": 4}, "rollovers"),
        ({"rollovers": -1}, "rollovers"),
        ({"when_used_up": WhenUsedUp.LIMIT}, "when_used_up"),
        ({"started_on": NOW.date() - timedelta(days=1)}, "started_on"),
    ],
)
def test_what_cannot_be_granted_is_told_at_its_field(engine: Engine, over: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        grant(engine, a_customer(engine), **over)
    assert set(refused.value.complaints) == {field}


def test_a_change_that_no_quota_takes_is_told_at_its_field(engine: Engine) -> None:
    quota = a_quota(engine, a_customer(engine))
    with pytest.raises(Invalid) as refused:
        change(engine, quota, allowance=D(-1), rollovers=9, when_used_up=WhenUsedUp.LIMIT)
    assert set(refused.value.complaints) == {"allowance", "rollovers", "when_used_up"}


@pytest.mark.parametrize("status", [s for s in BillStatus if s not in (BillStatus.OPEN, BillStatus.SUSPENDED)])
def test_only_a_running_customer_is_granted_a_quota(engine: Engine, status: BillStatus) -> None:
    customer = a_customer(engine, bill_status=status)
    quota = a_quota(engine, customer)
    for order in (lambda: grant(engine, customer, unit=Unit.PIECES), lambda: end(engine, quota)):
        with pytest.raises(Rejected, match="to a running customer only"):
            order()


def test_a_change_is_refused_only_where_both_changed_the_same(engine: Engine) -> None:
    quota = a_quota(engine, a_customer(engine), started_on=NOW.date())
    shown = {"allowance": "100", "rollovers": "0", "when_used_up": WhenUsedUp.NORMAL_PRICE.value}
    change(engine, quota, rollovers=1)
    with pytest.raises(Stale) as both:
        change(engine, quota, rollovers=2, shown=shown)
    assert [(one.field, one.theirs) for one in both.value.conflicts] == [("rollovers", "1")]
    change(engine, quota, when_used_up=WhenUsedUp.BLOCK, shown=shown)
    row = only(engine, Quota)
    assert (row.allowance, row.rollovers, row.when_used_up, row.version) == (D(100), 1, WhenUsedUp.BLOCK, 3)


def test_a_change_in_the_sight_of_an_older_state_is_refused(engine: Engine) -> None:
    quota = a_quota(engine, a_customer(engine))
    change(engine, quota, when_used_up=WhenUsedUp.BLOCK)
    with pytest.raises(Stale):
        change(engine, quota, when_used_up=WhenUsedUp.NORMAL_PRICE)
    with pytest.raises(Stale):
        end(engine, quota)
    with pytest.raises(Rejected, match="Nothing was changed"):
        change(engine, quota, version=2, when_used_up=WhenUsedUp.BLOCK)


def test_a_quota_that_ended_is_not_changed(engine: Engine) -> None:
    quota = a_quota(engine, a_customer(engine), ended_on=NOW.date())
    for order in (lambda: change(engine, quota, rollovers=1), lambda: end(engine, quota)):
        with pytest.raises(Rejected, match="ended on 16 March 2026: change the one that follows it"):
            order()


def test_a_quota_of_another_reseller_is_not_there(engine: Engine) -> None:
    quota = a_quota(engine, a_customer(engine, reseller_id=a_reseller(engine)))
    own = access_for(engine, reseller_id=a_reseller(engine))
    with pytest.raises(NotFound):
        own.execute(EndQuota(quota_id=quota, version=1, command_id=new_command_id()))


def test_an_analyst_grants_no_quota(engine: Engine) -> None:
    with pytest.raises(NotPermitted, match="no right to change accounts, subscriptions, DIDs and quotas"):
        grant(engine, a_customer(engine), Role.ANALYST)


def test_the_same_order_twice_grants_once(engine: Engine) -> None:
    customer = a_customer(engine)
    order = GrantQuota(customer_id=customer, service="Calls", unit=MINUTES, allowance=D(5), command_id=new_command_id())
    access = access_for(engine)
    assert access.execute(order) == access.execute(order)
    assert len(quotas(engine, customer)) == 1


def test_what_is_done_with_a_quota_stands_in_the_audit_and_on_the_timeline(engine: Engine) -> None:
    customer = a_customer(engine)
    quota = grant(engine, customer)
    change(engine, quota, when_used_up=WhenUsedUp.BLOCK)
    end(engine, quota, version=2)
    lines = access_for(engine).fetch(Timeline(customer, (TimelineKind.QUOTA,))).rows
    assert [(line.what, line.detail) for line in lines] == [
        ("Quota ended", "Ended on: 15 Mar 2026"),
        ("Quota changed", "When used up: Normal price → Block"),
        ("Quota granted", "Service: Calls; Unit: Minutes; Allowance: 100; Renewal: Monthly; "
         "When used up: Normal price; Started on: 16 Mar 2026"),
    ]  # fmt: skip
    told = access_for(engine, Role.MANAGER).fetch(CustomerAudit(customer))
    assert any("Block" in str(row) for row in told.rows)


def refused(engine: Engine, model: Any, row: dict[str, Any]) -> str:
    door = engine.connect().execution_options(door=Door(is_open=True))
    with door as connection, pytest.raises(IntegrityError) as caught:
        connection.execute(insert(model), row)
    return constraint_of(caught.value)


@pytest.mark.parametrize(
    ("over", "constraint"),
    [
        ({}, "uq_quotas_customer_id_service_unit"),
        ({"unit": Unit.PIECES, "allowance": D(0)}, "ck_quotas_allowance_above_zero"),
        ({"unit": Unit.PIECES, "rollovers": 4}, "ck_quotas_rollovers_in_bounds"),
        ({"unit": Unit.PIECES, "rollovers": -1}, "ck_quotas_rollovers_in_bounds"),
        ({"unit": Unit.PIECES, "when_used_up": WhenUsedUp.LIMIT}, "ck_quotas_internet_alone_is_limited"),
    ],
)
def test_a_quota_cannot_stand_so(engine: Engine, over: dict[str, Any], constraint: str) -> None:
    customer = a_customer(engine)
    a_quota(engine, customer)
    row = {"customer_id": customer, "service": "Calls", "unit": MINUTES, "allowance": D(1), "started_on": FIRST}
    assert refused(engine, Quota, row | over) == constraint


def test_a_use_cannot_be_of_nothing_or_twice_of_a_grant(engine: Engine) -> None:
    customer = a_customer(engine)
    quota = a_quota(engine, customer)
    booked = use(engine, customer, "1").transaction_id
    row = {"customer_id": customer, "transaction_id": booked, "quota_id": quota, "granted_on": FIRST}
    of_nothing = {"quantity": D(0), "granted_on": FIRST + timedelta(days=1)}
    hits = [refused(engine, QuotaUse, row | over) for over in (of_nothing, {"quantity": D(1)})]
    hits.append(refused(engine, MeasuredUse, _measured(customer, booked)))
    assert hits == [
        "ck_quota_uses_quantity_above_zero",
        "uq_quota_uses_transaction_id_quota_id_granted_on",
        "uq_measured_uses_transaction_id",
    ]


def _measured(customer: int, booked: int) -> dict[str, Any]:
    return {"customer_id": customer, "transaction_id": booked, "quantity": D(1), "unit": MINUTES, "price": D(1)}


@pytest.mark.parametrize("table", ["quota_uses", "measured_uses"])
def test_what_was_used_is_written_once(engine: Engine, table: str) -> None:
    customer = a_customer(engine)
    a_quota(engine, customer)
    use(engine, customer, "1")
    model = {"quota_uses": QuotaUse, "measured_uses": MeasuredUse}[table]
    door = engine.connect().execution_options(door=Door(is_open=True))
    with door as connection, pytest.raises(DBAPIError, match=f"{table} is append-only"):
        connection.execute(model.__table__.update().values(quantity=D(5)))


def test_a_charge_with_a_quantity_and_no_unit_is_refused(engine: Engine) -> None:
    for wrong in ({"unit": None}, {"quantity": "0"}):
        with pytest.raises(Invalid) as refusal:
            use(engine, a_customer(engine), **({"quantity": "1"} | wrong))  # type: ignore[arg-type]
        assert set(refusal.value.complaints) == {"quantity"}


def test_what_a_quota_covers_whole_makes_no_invoice_and_no_line(engine: Engine) -> None:
    free, dear = in_march(engine), in_march(engine)
    for customer in (free, dear):
        a_quota(engine, customer, allowance=D(15))
        use(engine, customer, "10")
    use(engine, dear, "10", "2", "cdr-2")
    for customer in (free, dear):
        close(engine, customer)
    assert ([row.total for row in bills(engine, free)], [row.total for row in bills(engine, dear)]) == ([], [D(1)])
    assert [row.amount for row in lines_of(engine, InvoiceLine, dear)] == [D(1)]


def test_before_the_first_day_nothing_is_covered(engine: Engine) -> None:
    customer = a_customer(engine)
    a_quota(engine, customer, started_on=NOW.date() + timedelta(days=1), **BLOCKS)
    use(engine, customer, "1")
    assert charged(engine, customer) == [D("1.2")]
