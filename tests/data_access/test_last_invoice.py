"""The end of a life, whichever way it comes: asked is what was used, and nothing that was paid stays behind."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, update

from data_access.base.bookings import Kind
from data_access.base.engine import Door
from data_access.base.errors import Rejected
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.commands.billing.invoices import IssueMidterm, RequestMidterm
from data_access.commands.billing.periods import ChargeFees, ClosePeriod
from data_access.commands.customers.lifecycle import CarryOutPlan, EndLife
from data_access.commands.customers.status import ChangeStatus, PlanMove
from data_access.commands.services.services import FinishSubscription
from data_access.models.classes.customer_classes import Rounding
from data_access.models.history import PlannedMove
from data_access.models.money import Invoice, PaymentStatus, Transaction
from data_access.models.services import Subscription
from data_access.store.access import new_command_id
from tests.data_access.test_money import booking
from tests.data_access.test_periods_closing import CLOSES, booked, customer_of, in_march, rows, system
from tests.support.builders import a_class, a_plan, a_subscription
from tests.support.ledgers import read_ledgers
from tests.support.people import access_for

FIRST, ELEVENTH = (datetime(2026, 3, day, 9, tzinfo=UTC) for day in (1, 11))
End = Callable[[Engine, int], None]


def by(engine: Engine, now: datetime = ELEVENTH) -> Any:
    return access_for(engine, Role.ADMIN, now)


def subscribed(engine: Engine, fee: str = "31", **over: Any) -> int:
    """A customer who is charged 31 ahead for March."""
    customer = in_march(engine, **over)
    currency = over.get("currency", "EUR")
    a_subscription(engine, customer, plan_id=a_plan(engine, fee=Decimal(fee), currency=currency))
    charge(engine, customer, FIRST)
    return customer


def charge(engine: Engine, customer: int, now: datetime) -> None:
    system(engine, now).execute(ChargeFees(customer_id=customer, command_id=new_command_id()))


def pay(engine: Engine, customer: int, amount: Any, now: datetime = ELEVENTH) -> None:
    by(engine, now).execute(booking(customer, Kind.MANUAL_PAYMENT, f"{amount}"))


def move(engine: Engine, customer: int, name: str, now: datetime = ELEVENTH, **over: Any) -> None:
    code = customer_of(engine, customer).customer_code
    order = ChangeStatus(
        customer_id=customer, move=name, reason="ends", confirm_customer_code=code, command_id=new_command_id(), **over
    )
    by(engine, now).execute(order)


def ends(engine: Engine, customer: int) -> None:
    move(engine, customer, "permanently_terminate", day=ELEVENTH.date())


def is_planned_to_end(engine: Engine, customer: int) -> None:
    move(engine, customer, "permanently_terminate", FIRST, day=ELEVENTH.date())
    system(engine, ELEVENTH).execute(EndLife(customer_id=customer, command_id=new_command_id()))


def is_planned_provisionally(engine: Engine, customer: int) -> None:
    order = PlanMove(
        customer_id=customer, move="provisionally_terminate", due_on=ELEVENTH.date(), reason="ends",
        command_id=new_command_id(),
    )  # fmt: skip
    by(engine, FIRST).execute(order)
    (plan,) = rows(engine, PlannedMove, customer)
    system(engine, ELEVENTH).execute(CarryOutPlan(plan_id=plan.id, command_id=new_command_id()))


def finishes(engine: Engine, customer: int) -> None:
    (row,) = rows(engine, Subscription, customer)
    order = FinishSubscription(
        subscription_id=row.id, finished_on=ELEVENTH.date() - timedelta(days=1), command_id=new_command_id()
    )
    by(engine, ELEVENTH - timedelta(days=1)).execute(order)


def asks_midterm(engine: Engine, customer: int, now: datetime = ELEVENTH) -> None:
    asked = RequestMidterm(customer_id=customer, command_id=new_command_id())
    issue = IssueMidterm(request_id=by(engine, now).execute(asked).request_id, command_id=new_command_id())
    system(engine, now).execute(issue)


def close(engine: Engine, customer: int) -> None:
    system(engine, CLOSES).execute(ClosePeriod(customer_id=customer, command_id=new_command_id()))


WAYS: dict[str, End] = {
    "permanently": ends,
    "on its date": is_planned_to_end,
    "provisionally": lambda engine, customer: move(engine, customer, "provisionally_terminate"),
    "provisionally, as planned": is_planned_provisionally,
    "the subscription alone": finishes,
}


@pytest.mark.parametrize("end", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("last", [asks_midterm, close], ids=["midterm", "at the close"])
def test_the_last_invoice_asks_for_the_days_until_the_end(engine: Engine, end: End, last: End) -> None:
    customer = subscribed(engine)
    end(engine, customer)
    last(engine, customer)
    close(engine, customer)
    assert [row.total for row in rows(engine, Invoice, customer)] == [10]
    assert customer_of(engine, customer).balance == 10
    assert read_ledgers(engine).breaches() == []


@pytest.mark.parametrize(
    "end", [*list(WAYS.values())[:4], lambda engine, customer: move(engine, customer, "mark_exported")],
    ids=[*list(WAYS)[:4], "exported"],
)  # fmt: skip
def test_a_credit_that_was_paid_for_becomes_money_that_can_be_refunded(engine: Engine, end: End) -> None:
    customer = subscribed(engine)
    asks_midterm(engine, customer, FIRST + timedelta(hours=1))
    pay(engine, customer, 31, FIRST + timedelta(hours=2))
    end(engine, customer)
    found = customer_of(engine, customer)
    assert (found.balance, found.unallocated, found.outstanding) == (-21, 21, 0)
    assert read_ledgers(engine).breaches() == []
    if found.bill_status is not BillStatus.EXPORTED:
        by(engine).execute(booking(customer, Kind.REFUND, "21"))
        assert customer_of(engine, customer).balance == 0
    close(engine, customer)
    assert len(rows(engine, Invoice, customer)) == 1


def test_a_credit_pays_what_is_still_open(engine: Engine) -> None:
    customer = subscribed(engine)
    asks_midterm(engine, customer, FIRST + timedelta(hours=1))
    ends(engine, customer)
    (invoice,) = rows(engine, Invoice, customer)
    assert (invoice.total, invoice.paid, invoice.payment_status) == (31, 21, PaymentStatus.PARTLY_PAID)
    pay(engine, customer, 10)
    assert (customer_of(engine, customer).balance, customer_of(engine, customer).unallocated) == (0, 0)


def test_a_gift_pays_a_debt_and_is_not_given_out_as_money(engine: Engine) -> None:
    customer = subscribed(engine)
    asks_midterm(engine, customer, FIRST + timedelta(hours=1))
    by(engine).execute(booking(customer, Kind.PROMOTIONAL_CREDIT, "40"))
    ends(engine, customer)
    found = customer_of(engine, customer)
    assert (found.balance, found.outstanding, found.unallocated) == (-30, 0, 0)
    assert read_ledgers(engine).breaches() == []


def test_who_may_come_back_ends_no_suspension_by_a_credit(engine: Engine) -> None:
    customer = subscribed(engine)
    asks_midterm(engine, customer, FIRST + timedelta(hours=1))
    by(engine).execute(booking(customer, Kind.MANUAL_CREDIT, "31"))
    move(engine, customer, "provisionally_terminate")
    assert customer_of(engine, customer).outstanding == 10


def test_who_comes_back_is_charged_for_the_days_from_then_on(engine: Engine) -> None:
    customer = subscribed(engine)
    move(engine, customer, "provisionally_terminate")
    back = ELEVENTH + timedelta(days=4)
    move(engine, customer, "reactivate", back)
    charge(engine, customer, back)
    close(engine, customer)
    assert booked(engine, customer)[:3] == [
        (Kind.SUBSCRIPTION_FEE, 31), (Kind.FEE_CREDIT, -21), (Kind.SUBSCRIPTION_FEE, 17),
    ]  # fmt: skip
    assert rows(engine, Invoice, customer)[0].total == 27
    assert read_ledgers(engine).breaches() == []


def test_a_termination_that_is_cancelled_costs_the_whole_period(engine: Engine) -> None:
    customer = subscribed(engine)
    move(engine, customer, "permanently_terminate", day=date(2026, 3, 21))
    asks_midterm(engine, customer)
    assert rows(engine, Invoice, customer)[0].total == 20
    charge(engine, customer, ELEVENTH + timedelta(days=1))
    move(engine, customer, "cancel_planned", ELEVENTH + timedelta(days=2))
    charge(engine, customer, ELEVENTH + timedelta(days=3))
    close(engine, customer)
    assert [row.total for row in rows(engine, Invoice, customer)] == [20, 11]


def test_days_credited_day_by_day_are_not_given_back_again(engine: Engine) -> None:
    customer = in_march(engine)
    plan = a_plan(engine, fee=Decimal(31), credit_blocked=True)
    a_subscription(engine, customer, plan_id=plan)
    charge(engine, customer, FIRST)
    move(engine, customer, "block", datetime(2026, 3, 6, 9, tzinfo=UTC))
    asks_midterm(engine, customer)
    ends(engine, customer)
    close(engine, customer)
    assert sum(row.amount for row in rows(engine, Transaction, customer)) == 5
    assert read_ledgers(engine).breaches() == []


@pytest.mark.parametrize(("currency", "fee"), [("JPY", "3"), ("EUR", "20"), ("KWD", "20")])
@pytest.mark.parametrize("method", Rounding)
@pytest.mark.parametrize("is_paid_before", [True, False])
def test_at_the_end_nothing_is_left_that_cannot_be_paid(
    engine: Engine, currency: str, fee: str, method: Rounding, is_paid_before: bool
) -> None:
    of_class = a_class(engine, rounding=method)
    customer = subscribed(engine, fee, currency=currency, customer_class_id=of_class)
    if is_paid_before:
        asks_midterm(engine, customer, FIRST + timedelta(hours=1))
        pay(engine, customer, customer_of(engine, customer).outstanding, FIRST + timedelta(hours=2))
    ends(engine, customer)
    close(engine, customer)
    found = customer_of(engine, customer)
    assert found.balance == found.outstanding - found.unallocated
    if found.outstanding:
        pay(engine, customer, found.outstanding, CLOSES)
    if found.unallocated:
        by(engine, CLOSES).execute(booking(customer, Kind.REFUND, f"{found.unallocated:f}"))
    assert customer_of(engine, customer).balance == 0
    assert read_ledgers(engine).breaches() == []


def test_a_charge_taken_back_after_the_end_becomes_money(engine: Engine) -> None:
    customer = in_march(engine)
    by(engine, FIRST).execute(booking(customer, Kind.MANUAL_CHARGE, "12.50"))
    asks_midterm(engine, customer, FIRST)
    pay(engine, customer, "12.50")
    ends(engine, customer)
    charged = rows(engine, Transaction, customer)[0]
    by(engine).execute(ReverseTransaction(transaction_id=charged.id, reason="wrong", command_id=new_command_id()))
    assert customer_of(engine, customer).unallocated == Decimal("12.50")


@pytest.mark.parametrize("kind", [Kind.CREDIT_TAKEN, Kind.CREDIT_PAYMENT])
def test_a_credit_that_became_money_stays_money(engine: Engine, kind: Kind) -> None:
    customer = subscribed(engine)
    asks_midterm(engine, customer, FIRST + timedelta(hours=1))
    pay(engine, customer, 31)
    ends(engine, customer)
    (row,) = (row for row in rows(engine, Transaction, customer) if row.kind is kind)
    with pytest.raises(Rejected, match="refund the money instead"):
        by(engine).execute(ReverseTransaction(transaction_id=row.id, reason="no", command_id=new_command_id()))


def test_days_that_were_credited_as_they_came_are_not_credited_as_days_ahead(engine: Engine) -> None:
    """A subscription that had finished before anything was given back at once."""
    customer = subscribed(engine)
    with engine.execution_options(door=Door(is_open=True)).begin() as connection:
        connection.execute(update(Subscription).values(finished_on=date(2026, 3, 10)))
    asks_midterm(engine, customer, datetime(2026, 3, 15, 9, tzinfo=UTC))
    assert [row.total for row in rows(engine, Invoice, customer)] == [10]
    close(engine, customer)
    assert customer_of(engine, customer).balance == 10


def test_what_was_written_off_is_not_given_out_as_money(engine: Engine) -> None:
    customer = subscribed(engine)
    asks_midterm(engine, customer, FIRST + timedelta(hours=1))
    by(engine).execute(booking(customer, Kind.WRITE_OFF, "31"))
    ends(engine, customer)
    assert customer_of(engine, customer).unallocated == 0
    assert read_ledgers(engine).breaches() == []


def test_what_was_given_back_before_is_not_given_out_again(engine: Engine) -> None:
    customer = in_march(engine)
    pay(engine, customer, 31, FIRST)
    by(engine, FIRST).execute(booking(customer, Kind.REFUND, "31"))
    by(engine).execute(booking(customer, Kind.MANUAL_CREDIT, "20"))
    ends(engine, customer)
    assert customer_of(engine, customer).unallocated == 0


def test_a_gift_is_not_given_out_as_money_by_who_has_paid_before(engine: Engine) -> None:
    customer = subscribed(engine)
    asks_midterm(engine, customer, FIRST + timedelta(hours=1))
    pay(engine, customer, 31, FIRST + timedelta(hours=2))
    by(engine).execute(booking(customer, Kind.PROMOTIONAL_CREDIT, "40"))
    ends(engine, customer)
    assert (customer_of(engine, customer).balance, customer_of(engine, customer).unallocated) == (-61, 21)


def test_money_that_lies_there_unused_pays_for_no_credit(engine: Engine) -> None:
    customer = in_march(engine)
    pay(engine, customer, 31, FIRST)
    by(engine).execute(booking(customer, Kind.MANUAL_CREDIT, "20"))
    ends(engine, customer)
    assert customer_of(engine, customer).unallocated == 31


def test_who_leaves_a_second_time_is_charged_for_the_days_in_between(engine: Engine) -> None:
    customer = subscribed(engine)
    move(engine, customer, "provisionally_terminate")
    back = ELEVENTH + timedelta(days=4)
    move(engine, customer, "reactivate", back)
    charge(engine, customer, back)
    move(engine, customer, "provisionally_terminate", ELEVENTH + timedelta(days=9))
    close(engine, customer)
    assert customer_of(engine, customer).balance == 15
    assert read_ledgers(engine).breaches() == []
