"""Why a customer is in its state: the rule, the invoices, the ways out, who can, and what comes next."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.errors import NotFound
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus, SuspensionCause
from data_access.commands.billing.money import BookTransaction
from data_access.commands.collections.collection import Collect
from data_access.commands.customers.status import ChangeStatus
from data_access.domain.shown_status import Shown
from data_access.models.customers import BalanceControl
from data_access.models.money import CollectionStatus
from data_access.queries.customers.customer import CustomerHead
from data_access.queries.customers.usability import MayUse
from data_access.queries.lists.customers import FindCustomers
from data_access.queries.status.reasons import REASONS
from data_access.queries.status.why import OldTerms, Why, WhyThisState
from data_access.queries.timeline.history import ScheduledChanges
from data_access.store.access import Access, new_command_id
from tests.data_access.test_money import booking
from tests.data_access.test_policies import set_policy
from tests.support.builders import a_class, a_customer, a_reseller, a_suspended_customer, an_account, an_invoice, later
from tests.support.people import NOW, access_for
from tests.support.rows import BEFORE


def why(engine: Engine, customer_id: int) -> Why:
    return access_for(engine, Role.SUPPORT).fetch(WhyThisState(customer_id))


def change(access: Access, customer_id: int, move: str, day: date | None = None, reason: str = "asked for") -> None:
    access.execute(
        ChangeStatus(customer_id=customer_id, move=move, day=day, reason=reason, command_id=new_command_id())
    )


def test_every_status_but_active_has_its_reason() -> None:
    assert set(REASONS) == set(Shown) - {Shown.ACTIVE}


def test_a_plainly_active_customer_needs_no_explanation(engine: Engine) -> None:
    customer = a_customer(engine)
    an_invoice(engine, customer, issued_on=NOW.date())
    assert why(engine, customer).causes == ()


def test_a_suspension_names_its_rule_since_when_and_which_invoices(engine: Engine) -> None:
    customer = a_suspended_customer(engine, customer_class_id=a_class(engine, suspend_after=14))
    an_invoice(engine, customer, number="INV-NOT-DUE", issued_on=NOW.date())
    found = why(engine, customer)
    assert [cause.status for cause in found.causes] == [Shown.SUSPENDED]
    assert "stops all services 14 days past due" in found.causes[0].rule
    assert found.causes[0].since == later(-5)
    assert [(late.due_on, late.days, late.open) for late in found.invoices] == [(date(2026, 2, 15), 29, Decimal(100))]


def test_a_suspension_says_who_can_lift_it_and_until_when(engine: Engine) -> None:
    says = why(engine, a_suspended_customer(engine)).causes[0].ways[1].says
    assert says == (
        "Nobody can end it by hand. It can be lifted by support until 19 March 2026, "
        "by an admin or a manager until 15 April 2026 at the latest."
    )


def test_the_horizon_of_a_lift_counts_from_the_first_one(engine: Engine) -> None:
    customer = a_suspended_customer(engine, first_lifted_on=later(-10))
    says = why(engine, customer).causes[0].ways[1].says
    assert "support" not in says
    assert "until 5 April 2026 at the latest" in says
    used_up = a_suspended_customer(engine, first_lifted_on=later(-30))
    assert "used up" in why(engine, used_up).causes[0].ways[1].says


def test_the_payment_that_is_named_ends_the_suspension_and_one_cent_less_does_not(engine: Engine) -> None:
    for less, ends in ((Decimal("0.01"), BillStatus.SUSPENDED), (Decimal(0), BillStatus.OPEN)):
        customer = a_customer(engine, bill_status=BillStatus.SUSPENDED)
        an_invoice(
            engine, customer, total=Decimal(30), issued_on=date(2026, 1, 1),
            collection_status=CollectionStatus.DO_NOT_COLLECT,
        )  # fmt: skip
        an_invoice(engine, customer, total=Decimal("84.10001"), issued_on=date(2026, 1, 5))
        an_invoice(engine, customer, total=Decimal(500), issued_on=NOW.date())
        access = access_for(engine, Role.MANAGER)
        named = access.fetch(WhyThisState(customer)).causes[0].ways[0].amount
        assert named == Decimal("114.11")
        access.execute(
            BookTransaction(
                customer_id=customer, kind=Kind.MANUAL_PAYMENT, amount=named - less, command_id=new_command_id()
            )
        )
        assert access.fetch(CustomerHead(customer)).facts.bill_status is ends


def test_a_suspension_for_insufficient_funds_says_so(engine: Engine) -> None:
    customer = a_customer(
        engine, bill_status=BillStatus.SUSPENDED, suspension_cause=SuspensionCause.INSUFFICIENT_FUNDS,
        balance_control=BalanceControl.PREPAID, balance=Decimal(-1),
    )  # fmt: skip
    assert "did not cover a subscription fee" in why(engine, customer).causes[0].rule


def a_collected_debtor(engine: Engine, now: datetime, **terms: Any) -> int:
    """With an invoice R-1, due on 16 June 2026, and everything done that was due by a moment."""
    customer = a_customer(engine, customer_class_id=a_class(engine, **terms))
    an_invoice(engine, customer, number="R-1", issued_on=date(2026, 6, 1), due_on=date(2026, 6, 16))
    Access(engine, SYSTEM, lambda: now).execute(Collect(customer_id=customer, command_id=new_command_id()))
    return customer


def test_a_suspension_by_collection_names_the_invoice_its_days_and_what_comes_on_which_day(engine: Engine) -> None:
    now = datetime(2026, 6, 20, tzinfo=UTC)
    customer = a_collected_debtor(engine, now, suspend_after=3, terminate_after=30)
    cause = access_for(engine, now=now).fetch(WhyThisState(customer)).causes[0]
    assert cause.rule == (
        "Invoice R-1, due on 16 June 2026, was 4 days past due: its terms stop all services after 3 days."
    )
    assert cause.then == "Without a payment it is provisionally terminated on 16 July 2026."


def test_a_limited_service_says_since_when_and_when_it_stops(engine: Engine) -> None:
    now = datetime(2026, 6, 19, tzinfo=UTC)
    customer = a_collected_debtor(engine, now, limit_after=3, suspend_after=7)
    cause = access_for(engine, now=now).fetch(WhyThisState(customer)).causes[0]
    assert (cause.status, cause.since) == (Shown.SERVICE_LIMITED, date(2026, 6, 19))
    assert cause.then == "Without a payment all services are suspended on 23 June 2026."


def test_an_overdue_customer_in_service_is_told_the_day_of_the_next_step(engine: Engine) -> None:
    now = datetime(2026, 6, 18, tzinfo=UTC)
    access = access_for(engine, now=now)
    customer = a_collected_debtor(engine, now, suspend_after=7)
    assert access.fetch(WhyThisState(customer)).causes[0].then == (
        "Without a payment all services are suspended on 23 June 2026."
    )
    step = access.fetch(CustomerHead(customer)).next_step
    assert (step and step.on, step and step.says) == (date(2026, 6, 23), "suspended unless paid")
    row = access.fetch(FindCustomers()).rows[0]
    assert row.next_step == step
    coming = access.fetch(ScheduledChanges(customer))
    assert [(one.on, one.what) for one in coming] == [(date(2026, 6, 23), "Suspended, unless invoice R-1 is paid.")]


def test_a_lift_says_when_it_ends_and_who_made_it(engine: Engine) -> None:
    customer = a_suspended_customer(engine)
    manager = access_for(engine, Role.MANAGER, login="maria")
    change(manager, customer, "lift_suspension", later(3), "pays on Thursday")
    cause = why(engine, customer).causes[0]
    assert cause.status is Shown.SUSPENSION_LIFTED
    assert cause.then == "On 19 March 2026 it is suspended again, unless what is overdue is paid."
    assert cause.told is not None
    assert (cause.told.login, cause.told.reason) == ("maria", "pays on Thursday")


def test_a_block_hides_the_suspension_and_both_are_explained(engine: Engine) -> None:
    customer = a_suspended_customer(engine)
    change(access_for(engine, Role.SUPPORT, login="sam"), customer, "block", reason="fraud suspected")
    found = why(engine, customer)
    assert [cause.status for cause in found.causes] == [Shown.BLOCKED, Shown.SUSPENDED]
    blocked = found.causes[0]
    assert blocked.since == NOW.date()
    assert blocked.told is not None
    assert blocked.told.reason == "fraud suspected"
    assert "what is overdue keeps it suspended" in blocked.ways[1].says


def test_a_provisional_termination_says_until_when_it_can_be_taken_back(engine: Engine) -> None:
    customer = a_customer(engine, bill_status=BillStatus.PROVISIONALLY_TERMINATED, terminate_on=later(9))
    cause = why(engine, customer).causes[0]
    assert cause.ways[0].says == "Reactivation is possible until 25 March 2026 begins: a manager or an admin can."
    assert cause.then == "On 25 March 2026 it automatically becomes permanently terminated."


def test_a_window_that_has_run_out_offers_no_reactivation(engine: Engine) -> None:
    customer = a_customer(engine, bill_status=BillStatus.PROVISIONALLY_TERMINATED, terminate_on=NOW.date())
    assert why(engine, customer).causes[0].ways[0].says == "The time for reactivation has run out."


def test_a_permanent_termination_names_the_debt_that_is_left(engine: Engine) -> None:
    customer = a_customer(engine, bill_status=BillStatus.PERMANENTLY_TERMINATED, balance=Decimal(40))
    cause = why(engine, customer).causes[0]
    assert [way.amount for way in cause.ways] == [None, Decimal(40)]


def test_credit_exceeded_says_what_brings_the_balance_back(engine: Engine) -> None:
    customer = a_customer(engine, balance=Decimal("1240.505"), credit_limit=Decimal(1000))
    cause = why(engine, customer).causes[0]
    assert cause.status is Shown.CREDIT_EXCEEDED
    assert cause.ways[0].amount == Decimal("240.51")
    assert "where nothing is left to spend" in cause.ways[0].says


@pytest.mark.parametrize(
    ("currency", "limit", "balance", "enough"),
    [("EUR", "1000", "1240.505", "340.51"), ("JPY", "1000", "1241", "341"), ("KWD", "1", "1.0005", "0.101")],
)
def test_what_is_said_to_restore_service_with_room_leaves_a_tenth_of_the_limit(
    engine: Engine, currency: str, limit: str, balance: str, enough: str
) -> None:
    customer = a_customer(engine, currency=currency, balance=Decimal(balance), credit_limit=Decimal(limit))
    (way,) = [way for way in why(engine, customer).causes[0].ways if "some room" in way.says]
    assert way.amount == Decimal(enough)
    access_for(engine, Role.ADMIN).execute(booking(customer, Kind.MANUAL_PAYMENT, enough))
    an_account(engine, customer, account_code="line")
    assert access_for(engine, Role.ADMIN).fetch(MayUse("line", Decimal(limit) / 10)).is_usable


@pytest.mark.parametrize(
    ("balance", "who"),
    [
        ("1250", "support, a manager or an admin"), ("1250.00001", "a manager or an admin"),
        ("2000", "a manager or an admin"), ("2000.01", "an admin"), ("11000", "an admin"), ("11000.01", ""),
    ],
)  # fmt: skip
def test_only_who_may_raise_the_limit_far_enough_is_named(engine: Engine, balance: str, who: str) -> None:
    customer = a_customer(engine, balance=Decimal(balance), credit_limit=Decimal(1000))
    said = [way.says for way in why(engine, customer).causes[0].ways if "temporarily" in way.says]
    assert said == ([f"So does raising it temporarily: {who} can."] if who else [])


def test_whose_days_are_used_up_is_not_named_for_an_increase(engine: Engine) -> None:
    customer = a_customer(
        engine, balance=Decimal(1200), credit_limit=Decimal(1000), first_raised_at=NOW - timedelta(days=30),
        raise_ended_at=NOW - timedelta(hours=1),
    )  # fmt: skip
    (said,) = [way.says for way in why(engine, customer).causes[0].ways if "temporarily" in way.says]
    assert said == "So does raising it temporarily: an admin can."


def test_where_there_is_no_credit_no_room_is_promised(engine: Engine) -> None:
    customer = a_customer(engine, balance=Decimal(5), credit_limit=Decimal(0))
    assert not [way for way in why(engine, customer).causes[0].ways if "some room" in way.says]


@pytest.mark.parametrize(("balance", "says"), [(0, "Any payment or credit"), (5, "more than {amount}")])
def test_a_prepaid_customer_without_funds_is_told_what_brings_them_back(
    engine: Engine, balance: int, says: str
) -> None:
    customer = a_customer(engine, balance_control=BalanceControl.PREPAID, balance=Decimal(balance))
    cause = why(engine, customer).causes[0]
    assert cause.status is Shown.NO_AVAILABLE_FUNDS
    assert says in cause.ways[0].says


def test_an_exported_customer_and_a_limited_service_are_explained(engine: Engine) -> None:
    assert "another installation" in why(engine, a_customer(engine, bill_status=BillStatus.EXPORTED)).causes[0].rule
    limited = a_customer(engine, service_limited=True)
    assert why(engine, limited).causes[0].status is Shown.SERVICE_LIMITED


def test_an_overdue_invoice_is_explained_before_anything_is_stopped_for_it(engine: Engine) -> None:
    customer = a_customer(engine)
    an_invoice(engine, customer)
    found = why(engine, customer)
    assert [(cause.status, cause.title) for cause in found.causes] == [(Shown.ACTIVE, "Overdue")]
    assert len(found.invoices) == 1


def test_a_planned_end_is_explained(engine: Engine) -> None:
    found = why(engine, a_customer(engine, terminate_on=NOW.date() + timedelta(days=7)))
    assert [cause.title for cause in found.causes] == ["Planned termination"]
    assert found.causes[0].then == "On 23 March 2026 it becomes permanently terminated."


def test_nothing_is_told_about_a_strangers_customer(engine: Engine) -> None:
    stranger = access_for(engine, Role.MANAGER, reseller_id=a_reseller(engine))
    with pytest.raises(NotFound):
        stranger.fetch(WhyThisState(a_customer(engine)))


def test_an_invoice_under_earlier_terms_says_so_and_names_its_class(engine: Engine) -> None:
    of_class = a_class(engine)
    customer = a_customer(engine, customer_class_id=of_class)
    an_invoice(engine, customer, number="INV-1")
    assert why(engine, customer).old_terms is None
    set_policy(engine, of_class, terminate_after="90")
    assert why(engine, customer).old_terms == OldTerms("INV-1", BEFORE.date(), of_class)
    an_invoice(engine, customer, number="INV-2", issued_on=date(2026, 2, 3))
    old = why(engine, customer).old_terms
    assert old is not None
    assert old.number == "INV-1"


def test_the_last_one_who_blocked_is_the_one_who_is_told(engine: Engine) -> None:
    customer = a_customer(engine)
    for minutes, (move, reason) in enumerate((("block", "fraud"), ("unblock", "a mistake"), ("block", "stolen card"))):
        change(access_for(engine, Role.ADMIN, NOW + timedelta(minutes=minutes)), customer, move, reason=reason)
    (cause,) = why(engine, customer).causes
    assert cause.told is not None
    assert cause.told.reason == "stolen card"
