"""Volume discounts of customers: given, taken away, counted, and taken off when a billing period closes."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.errors import Invalid, NotFound, NotPermitted, Rejected
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.customers.status import ChangeStatus
from data_access.commands.services.discount_plans import AddDiscountPlan, ChangeDiscountPlan, RemoveDiscountPlan
from data_access.commands.services.discounts import AssignDiscountPlan, TakeDiscountPlanAway
from data_access.commands.services.usage import BookCharges, Charge
from data_access.domain.billing.periods import Period
from data_access.domain.billing.volume_discounts import written
from data_access.models.money import Invoice, InvoiceLine, Transaction
from data_access.models.plans.discounts import DiscountAssignment, DiscountPlan, Readiness
from data_access.models.quotas import Unit
from data_access.queries.services.discounts import DiscountPlansOffered, DiscountProgress, DiscountsOf, DiscountState
from data_access.services.facts.plans.discounts_of_customer import Counting
from data_access.store.access import new_command_id
from tests.data_access.test_corrections import undoing
from tests.data_access.test_periods_closing import CLOSES, booked, close, customer_of, in_march, rows
from tests.support.builders import a_customer, a_discount, a_discount_plan, a_quota, a_reseller
from tests.support.ledgers import read_ledgers
from tests.support.people import NOW, access_for

D = Decimal
TODAY = NOW.date()
NEXT_CLOSE = CLOSES + timedelta(days=30)
OFF = Kind.VOLUME_DISCOUNT
RULES = written([("Calls", "amount", "100", "10")])
_references = count(1)


def assign(engine: Engine, customer_id: int, plan_id: int, role: Role = Role.SUPPORT, **over: Any) -> int:
    order = AssignDiscountPlan(customer_id=customer_id, plan_id=plan_id, command_id=new_command_id(), **over)
    return access_for(engine, role).execute(order).discount_id


def take_away(engine: Engine, discount_id: int, now: Any = NOW, **over: Any) -> str:
    order = TakeDiscountPlanAway(discount_id=discount_id, command_id=new_command_id(), **over)
    return access_for(engine, now=now).execute(order).day


def uses(engine: Engine, customer_id: int, *amounts: str, on: date = TODAY, now: Any = NOW, **over: Any) -> None:
    charges = tuple(
        (customer_id, Charge(f"{on}/{next(_references)}", D(amount), over.get("service", "Calls"), on,
                             quantity=over.get("quantity"), unit=over.get("unit")))
        for amount in amounts
    )  # fmt: skip
    access_for(engine, Role.ADMIN, now=now).execute(BookCharges(charges=charges, command_id=new_command_id()))


def taken_off(engine: Engine, customer_id: int) -> list[Decimal]:
    return [amount for kind, amount in booked(engine, customer_id) if kind is OFF]


def test_what_is_above_the_threshold_is_taken_off_as_a_line_of_its_own(engine: Engine) -> None:
    customer = in_march(engine)
    a_discount(engine, customer)
    uses(engine, customer, "90", "60")
    uses(engine, customer, "500", service="Messages")
    close(engine, customer)
    (invoice,) = rows(engine, Invoice, customer)
    line = rows(engine, InvoiceLine, customer)[-1]
    assert (invoice.total, line.service, line.amount) == (D(645), "Calls", D(-5))
    assert line.says.endswith(", 1 March to 31 March 2026")
    assert customer_of(engine, customer).balance == 645
    assert read_ledgers(engine).breaches() == []


def test_at_the_exact_threshold_nothing_is_above(engine: Engine) -> None:
    customer = in_march(engine)
    a_discount(engine, customer)
    uses(engine, customer, "100")
    (found,) = access_for(engine).fetch(DiscountProgress(customer))
    assert (found.reached.counted, found.reached.off, found.reached.rate) == (D(100), D(0), D(10))
    close(engine, customer)
    assert taken_off(engine, customer) == []


@pytest.mark.parametrize(
    ("currency", "used", "off", "total"),
    [("JPY", "1234", "113.4", "1121"), ("KWD", "100.123", "0.0123", "100.111"), ("EUR", "100.01", "0.001", "100.01")],
)
def test_it_is_exact_and_the_invoice_is_rounded_as_its_class_says(
    engine: Engine, currency: str, used: str, off: str, total: str
) -> None:
    customer = in_march(engine, currency=currency)
    a_discount(engine, customer, plan_id=a_discount_plan(engine, currency=currency))
    uses(engine, customer, used)
    close(engine, customer)
    assert taken_off(engine, customer) == [-D(off)]
    assert rows(engine, Invoice, customer)[0].total == D(total)
    assert read_ledgers(engine).breaches() == []


def test_quantities_that_quotas_cover_do_not_count(engine: Engine) -> None:
    customer = in_march(engine)
    a_quota(engine, customer, allowance=D(50), started_on=date(2026, 3, 1))
    a_discount(engine, customer, plan_id=a_discount_plan(engine, ("Calls", "minutes", "100", "50")))
    uses(engine, customer, "15", quantity=D(150), unit=Unit.MINUTES)  # 100 minutes for 10 are charged
    uses(engine, customer, "20", quantity=D(100), unit=Unit.MINUTES, on=TODAY - timedelta(days=1))
    (found,) = access_for(engine).fetch(DiscountProgress(customer))
    assert (found.reached.counted, found.reached.off) == (D(200), D(5))


def test_usage_before_the_plan_and_after_it_does_not_count(engine: Engine) -> None:
    customer = in_march(engine)
    plan = a_discount_plan(engine, ("Calls", "amount", "0", "10"))
    given = assign(engine, customer, plan)
    uses(engine, customer, "100", on=TODAY - timedelta(days=1))
    uses(engine, customer, "20")
    assert take_away(engine, given) == TODAY.isoformat()
    uses(engine, customer, "300", on=TODAY + timedelta(days=1), now=NOW + timedelta(days=2))
    close(engine, customer)
    assert taken_off(engine, customer) == [D(-2)]


def test_one_plan_follows_another_in_a_period_and_each_counts_its_own_days(engine: Engine) -> None:
    customer = in_march(engine)
    first, second = (a_discount_plan(engine, ("Calls", "amount", "0", rate)) for rate in ("10", "50"))
    given = assign(engine, customer, first)
    uses(engine, customer, "20")
    take_away(engine, given)
    with pytest.raises(Invalid, match="choose a day after that"):
        assign(engine, customer, second)
    assign(engine, customer, second, started_on=TODAY + timedelta(days=1))
    uses(engine, customer, "20", on=TODAY + timedelta(days=1), now=NOW + timedelta(days=2))
    close(engine, customer)
    assert taken_off(engine, customer) == [D(-2), D(-10)]


def test_usage_that_arrives_late_counts_once_in_the_period_that_runs(engine: Engine) -> None:
    customer = in_march(engine)
    a_discount(engine, customer)
    uses(engine, customer, "150")
    uses(engine, customer, "40", on=date(2026, 4, 1), now=CLOSES - timedelta(hours=1))  # April's, before March closes
    close(engine, customer)
    assert taken_off(engine, customer) == [D(-5)]
    uses(engine, customer, "70", on=date(2026, 3, 31), now=CLOSES + timedelta(hours=1))
    close(engine, customer, NEXT_CLOSE)
    close(engine, customer, NEXT_CLOSE + timedelta(days=31))
    assert taken_off(engine, customer) == [D(-5), D(-1)]
    assert read_ledgers(engine).breaches() == []


def test_what_was_taken_off_is_not_changed_by_the_plan_or_by_a_reversal_afterwards(engine: Engine) -> None:
    customer = in_march(engine)
    a_discount(engine, customer)
    uses(engine, customer, "150")
    close(engine, customer)
    usage, _ = rows(engine, Transaction, customer)
    access_for(engine, Role.ADMIN, now=CLOSES).execute(undoing(usage.id))
    close(engine, customer, NEXT_CLOSE)
    assert taken_off(engine, customer) == [D(-5)]


def test_reversed_usage_does_not_count_and_a_reversed_discount_is_not_given_again(engine: Engine) -> None:
    customer = in_march(engine)
    a_discount(engine, customer)
    uses(engine, customer, "100", "60")
    access_for(engine, Role.ADMIN).execute(undoing(rows(engine, Transaction, customer)[0].id))
    assert access_for(engine).fetch(DiscountProgress(customer))[0].reached.counted == 60
    uses(engine, customer, "50", on=TODAY - timedelta(days=1))
    move(engine, customer, "mark_exported")
    off = rows(engine, Transaction, customer)[-1]
    access_for(engine, Role.ADMIN).execute(
        ChangeStatus(customer_id=customer, move="clear_exported", reason="back", command_id=new_command_id())
    )
    access_for(engine, Role.ADMIN).execute(undoing(off.id))
    close(engine, customer)
    assert taken_off(engine, customer) == [D(-1), D(1)]


def move(engine: Engine, customer_id: int, name: str, now: Any = NOW) -> None:
    code = customer_of(engine, customer_id).customer_code
    order = ChangeStatus(
        customer_id=customer_id, move=name, day=now.date(), confirm_customer_code=code, reason="because",
        command_id=new_command_id(),
    )  # fmt: skip
    access_for(engine, Role.ADMIN, now=now).execute(order)


@pytest.mark.parametrize("name", ["block", "provisionally_terminate", "permanently_terminate"])
def test_whatever_becomes_of_the_customer_its_invoice_has_the_discount(engine: Engine, name: str) -> None:
    customer = in_march(engine)
    a_discount(engine, customer)
    uses(engine, customer, "150")
    move(engine, customer, name)
    close(engine, customer)
    assert [row.total for row in rows(engine, Invoice, customer)] == [D(145)]
    assert taken_off(engine, customer) == [D(-5)]
    assert read_ledgers(engine).breaches() == []


def test_an_exported_customer_leaves_with_its_discount_and_no_invoice(engine: Engine) -> None:
    customer = in_march(engine)
    a_discount(engine, customer)
    uses(engine, customer, "150")
    move(engine, customer, "mark_exported")
    close(engine, customer)
    assert customer_of(engine, customer).balance == 145
    assert rows(engine, Invoice, customer) == []


def test_a_plan_that_does_not_fit_is_refused(engine: Engine) -> None:
    customer = in_march(engine)
    fits = a_discount_plan(engine)
    for over, why in (
        ({"readiness": Readiness.DRAFT}, "is a draft"),
        ({"currency": "USD"}, "counts in USD; the customer is billed in EUR"),
    ):
        with pytest.raises(Rejected, match=why):
            assign(engine, customer, a_discount_plan(engine, **over))
    with pytest.raises(NotFound):
        assign(engine, customer, a_discount_plan(engine, removed_at=NOW))
    with pytest.raises(Invalid, match="today or a later day"):
        assign(engine, customer, fits, started_on=TODAY - timedelta(days=1))
    with pytest.raises(NotPermitted):
        assign(engine, customer, fits, Role.ANALYST)
    given = assign(engine, customer, fits)
    with pytest.raises(Rejected, match="can have one only"):
        assign(engine, customer, fits)
    with pytest.raises(Invalid, match="today or a later day"):
        take_away(engine, given, ended_on=TODAY - timedelta(days=1))
    take_away(engine, given)
    with pytest.raises(Rejected, match="taken away already"):
        take_away(engine, given)
    with pytest.raises(NotFound):
        take_away(engine, given + 999)


@pytest.mark.parametrize("status", [BillStatus.PERMANENTLY_TERMINATED, BillStatus.EXPORTED])
def test_who_has_left_gets_no_plan(engine: Engine, status: BillStatus) -> None:
    with pytest.raises(Rejected):
        assign(engine, a_customer(engine, bill_status=status), a_discount_plan(engine))


def test_the_plans_of_a_customer_are_told_the_newest_first(engine: Engine) -> None:
    customer = in_march(engine)
    plan = a_discount_plan(engine, name="Volume")
    coming = assign(engine, customer, plan, started_on=TODAY + timedelta(days=3))
    take_away(engine, coming)  # withdrawn before it began
    given = assign(engine, customer, plan)
    found = access_for(engine).fetch(DiscountsOf(customer))
    assert [(row.discount_id, row.state, row.name) for row in found] == [(given, DiscountState.ACTIVE, "Volume")]
    take_away(engine, given, ended_on=TODAY + timedelta(days=1))
    later = access_for(engine, now=NOW + timedelta(days=5)).fetch(DiscountsOf(customer))
    assert [(row.state, row.ended_on) for row in later] == [(DiscountState.ENDED, TODAY + timedelta(days=1))]
    offered = access_for(engine).fetch(DiscountPlansOffered("EUR"))
    assert [one.name for one in offered] == ["Volume"]
    assert access_for(engine).fetch(DiscountPlansOffered("USD")) == ()


def test_what_belongs_to_another_reseller_is_not_seen(engine: Engine) -> None:
    customer = in_march(engine)
    given = a_discount(engine, customer)
    stranger = access_for(engine, Role.SUPPORT, reseller_id=a_reseller(engine))
    with pytest.raises(NotFound):
        stranger.execute(TakeDiscountPlanAway(discount_id=given, command_id=new_command_id()))
    for query in (DiscountsOf(customer), DiscountProgress(customer)):
        with pytest.raises(NotFound):
            stranger.fetch(query)


def test_two_plans_cannot_run_at_once(engine: Engine) -> None:
    customer = in_march(engine)
    given = a_discount(engine, customer)
    assert given in [row.id for row in rows(engine, DiscountAssignment, customer)]
    with pytest.raises(Exception, match="discount_assignments"):
        a_discount(engine, customer)


def add(engine: Engine, role: Role = Role.ADMIN, **values: str) -> int:
    given = {"name": "Volume S", "currency": "EUR", "readiness": "in_use", "rules": RULES} | values
    order = AddDiscountPlan(values=given, command_id=new_command_id())
    return access_for(engine, role).execute(order).record_id


def change(engine: Engine, plan_id: int, version: int = 1, **changes: str) -> None:
    order = ChangeDiscountPlan(
        record_id=plan_id, version=version, shown={}, changes=changes, command_id=new_command_id()
    )
    access_for(engine, Role.ADMIN).execute(order)


def test_a_plan_is_added_changed_and_removed(engine: Engine) -> None:
    plan = add(engine, readiness="draft", rules="")
    for wrong, field in (({"readiness": "in_use"}, "rules"), ({"currency": "USD"}, "currency")):
        with pytest.raises(Invalid) as complained:
            change(engine, plan, **wrong)
        assert field in complained.value.complaints
    with pytest.raises(Invalid, match="one measure"):
        add(engine, name="Volume L", rules=written([("Calls", "amount", "1", "5"), ("Calls", "pieces", "2", "5")]))
    with pytest.raises(Invalid, match="already used"):
        add(engine, name="volume s")
    with pytest.raises(NotPermitted):
        add(engine, Role.SUPPORT, name="Volume M")
    change(engine, plan, readiness="in_use", rules=RULES)
    remove = RemoveDiscountPlan(record_id=plan, version=2, command_id=new_command_id())
    given = assign(engine, in_march(engine), plan)
    with pytest.raises(Rejected, match="in use by 1 customer"):
        access_for(engine, Role.ADMIN).execute(remove)
    with pytest.raises(Invalid, match="cannot become a draft again"):
        change(engine, plan, 2, readiness="draft")
    take_away(engine, given)
    other = add(engine, name="Volume XL")
    access_for(engine, Role.ADMIN).execute(RemoveDiscountPlan(record_id=other, version=1, command_id=new_command_id()))
    assert [one.name for one in access_for(engine).fetch(DiscountPlansOffered("EUR"))] == ["Volume S"]
    add(engine, name="Volume XL")


def test_an_edit_counts_from_the_period_that_runs_and_changes_nothing_before(engine: Engine) -> None:
    customer, plan = in_march(engine), add(engine)
    a_discount(engine, customer, plan_id=plan)
    uses(engine, customer, "150")
    close(engine, customer)
    change(engine, plan, rules=written([("Calls", "amount", "100", "50")]))
    uses(engine, customer, "120", on=date(2026, 4, 5), now=CLOSES + timedelta(days=5))
    close(engine, customer, NEXT_CLOSE)
    assert taken_off(engine, customer) == [D(-5), D(-10)]


@pytest.mark.parametrize(("later", "counts"), [(-1, False), (0, False), (1, True)])
def test_usage_of_a_closed_period_counts_if_it_was_recorded_after_the_close(later: int, counts: bool) -> None:
    row = DiscountAssignment(started_on=date(2026, 3, 1), ended_on=None, closed_at=CLOSES)
    april = Counting(row, DiscountPlan(), Period(date(2026, 4, 1), date(2026, 4, 30)), ())
    assert april.counts(date(2026, 3, 31), CLOSES + timedelta(microseconds=later)) is counts
    assert april.counts(date(2026, 4, 1), CLOSES)
