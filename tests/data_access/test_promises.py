"""Promises to pay: payments count for the oldest first, each is decided once by what had come in by its moment."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.errors import Invalid, NotPermitted, Rejected
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus
from data_access.commands.billing.money import BookTransaction
from data_access.commands.collections.promises import CancelPromise, DecidePromise, MakePromise
from data_access.commands.customers.status import ChangeStatus
from data_access.models.collection import Promise, PromiseState
from data_access.models.customers import Customer
from data_access.models.money import Transaction
from data_access.models.outbox import Message
from data_access.queries.collections.collection_due import DuePromises
from data_access.queries.collections.promises import PromiseRow, PromisesOf
from data_access.queries.forecast.customer_forecast import midterm_comes, promise_ends
from data_access.services.settlement import unsettle
from data_access.store.access import Access, Command, new_command_id
from data_access.store.unit_of_work import UnitOfWork
from tests.data_access.test_settlement import Step, do
from tests.support.builders import a_customer, a_suspended_customer
from tests.support.people import NOW, a_person

DUE_ON = date(2026, 3, 20)


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def system(engine: Engine, now: datetime = NOW) -> Access:
    return Access(engine, SYSTEM, lambda: now)


def made(engine: Engine, customer_id: int, amount: str = "50", due_on: date = DUE_ON) -> int:
    order = MakePromise(
        customer_id=customer_id,
        amount=Decimal(amount),
        due_on=due_on,
        reason="on the phone",
        command_id=new_command_id(),
    )
    return system(engine).execute(order).promise_id


def pay(engine: Engine, customer_id: int, amount: str, now: datetime, kind: Kind = Kind.MANUAL_PAYMENT) -> int:
    order = BookTransaction(
        customer_id=customer_id, kind=kind, amount=Decimal(amount), reason="paid", command_id=new_command_id()
    )
    return system(engine, now).execute(order).transaction_id


def decide(engine: Engine, promise_id: int, now: datetime) -> str:
    return system(engine, now).execute(DecidePromise(promise_id=promise_id, command_id=new_command_id())).state


def rows(engine: Engine, customer_id: int) -> list[PromiseRow]:
    return list(reversed(system(engine).fetch(PromisesOf(customer_id)).rows))


def reverse(payment_id: int) -> Step:
    def step(work: UnitOfWork, customer: Customer) -> None:
        payment = work.session.scalars(work.select(Transaction).where(Transaction.id == payment_id)).one()
        unsettle(work, customer, payment)

    return step


def test_payments_count_for_the_oldest_promise_first(engine: Engine) -> None:
    customer = a_customer(engine)
    made(engine, customer, "50")
    made(engine, customer, "30", date(2026, 3, 25))
    pay(engine, customer, "60", at(17))
    pay(engine, customer, "5", at(18))
    assert [one.received for one in rows(engine, customer)] == [Decimal(50), Decimal(15)]


def test_a_credit_keeps_no_promise(engine: Engine) -> None:
    customer = a_customer(engine)
    made(engine, customer)
    pay(engine, customer, "50", at(17), Kind.PROMOTIONAL_CREDIT)
    assert rows(engine, customer)[0].received == 0


@pytest.mark.parametrize(("paid_at", "state"), [(at(19, 23), "kept"), (at(20), "broken")])
def test_what_came_in_before_the_moment_decides(engine: Engine, paid_at: datetime, state: str) -> None:
    customer = a_customer(engine)
    one = made(engine, customer)
    pay(engine, customer, "50", paid_at)
    assert decide(engine, one, at(28)) == state


def test_a_promise_is_decided_once_however_often_and_late_it_is_asked(engine: Engine) -> None:
    customer = a_customer(engine, email="a@example.org")
    one = made(engine, customer)
    assert decide(engine, one, at(19)) == "open"
    assert system(engine, at(19, 23)).fetch(DuePromises()) == []
    assert system(engine, at(20)).fetch(DuePromises()) == [one]
    assert [decide(engine, one, at(20)), decide(engine, one, at(25))] == ["broken", "broken"]
    assert system(engine, at(25)).fetch(DuePromises()) == []
    with Session(engine) as session:
        assert session.scalars(select(Message.event)).all() == ["promise_broken"]


@pytest.mark.parametrize(("paid", "state"), [("50", PromiseState.KEPT), ("49", PromiseState.BROKEN)])
def test_a_promise_that_was_decided_keeps_the_moment_at_which_it_was(
    engine: Engine, paid: str, state: PromiseState
) -> None:
    customer = a_customer(engine)
    one = made(engine, customer)
    pay(engine, customer, paid, at(18))
    for day in (20, 25):
        decide(engine, one, at(day))
    with Session(engine) as session:
        found = session.get_one(Promise, one)
    assert (found.state, found.decided_at) == (state, at(20))


def test_a_reversed_payment_is_taken_out_of_its_promise(engine: Engine) -> None:
    customer = a_customer(engine)
    one = made(engine, customer)
    payment = pay(engine, customer, "50", NOW)
    do(engine, customer, reverse(payment))
    assert rows(engine, customer)[0].received == 0
    assert decide(engine, one, at(20)) == "broken"


def test_a_promise_kept_by_a_payment_that_is_reversed_is_broken(engine: Engine) -> None:
    customer = a_customer(engine)
    one = made(engine, customer)
    payment = pay(engine, customer, "50", NOW)
    assert decide(engine, one, at(20)) == "kept"
    do(engine, customer, reverse(payment))
    assert rows(engine, customer)[0].state is PromiseState.BROKEN
    assert system(engine).fetch(PromisesOf(customer)).broken == 1


def test_a_lift_can_carry_its_promise(engine: Engine) -> None:
    customer = a_suspended_customer(engine)
    system(engine).execute(lift(customer, promise_amount=Decimal(100)))
    promised = rows(engine, customer)[0]
    assert (promised.amount, promised.due_on, promised.reason) == (Decimal(100), DUE_ON, "wait")
    pay(engine, customer, "100", at(18))
    assert rows(engine, customer)[0].received == Decimal(100)


def lift(customer_id: int, **over: object) -> ChangeStatus:
    order = {"move": "lift_suspension", "day": DUE_ON, "reason": "wait", "command_id": new_command_id()} | over
    return ChangeStatus(customer_id=customer_id, **order)  # type: ignore[arg-type]


def test_another_move_carries_no_promise(engine: Engine) -> None:
    customer = a_customer(engine)
    with pytest.raises(Invalid, match="lift of the suspension only"):
        system(engine).execute(lift(customer, move="block", promise_amount=Decimal(1)))


def test_a_cancelled_promise_is_neither_kept_nor_broken(engine: Engine) -> None:
    customer = a_customer(engine)
    one = made(engine, customer)
    cancel = CancelPromise(promise_id=one, reason="misunderstood", command_id=new_command_id())
    assert system(engine).execute(cancel).state == "cancelled"
    assert decide(engine, one, at(20)) == "cancelled"
    with pytest.raises(Rejected, match="already cancelled"):
        system(engine).execute(CancelPromise(promise_id=one, command_id=new_command_id()))


@pytest.mark.parametrize(
    ("over", "says"),
    [({"due_on": date(2026, 3, 16)}, "in the future"), ({"amount": Decimal("0.001")}, "EUR has 2 decimals")],
)
def test_a_promise_is_refused_at_its_field(engine: Engine, over: dict[str, object], says: str) -> None:
    customer = a_customer(engine)
    order = {"amount": Decimal(5), "due_on": DUE_ON, "command_id": new_command_id()} | over
    with pytest.raises(Invalid, match=says):
        system(engine).execute(MakePromise(customer_id=customer, **order))  # type: ignore[arg-type]


def test_nobody_promises_for_a_customer_that_is_gone(engine: Engine) -> None:
    customer = a_customer(engine, bill_status=BillStatus.PERMANENTLY_TERMINATED)
    with pytest.raises(Rejected, match="no promise"):
        made(engine, customer)


def test_an_analyst_makes_no_promise(engine: Engine) -> None:
    customer = a_customer(engine)
    order: Command[object] = MakePromise(
        customer_id=customer, amount=Decimal(5), due_on=DUE_ON, command_id=new_command_id()
    )
    with pytest.raises(NotPermitted):
        Access(engine, a_person(engine, Role.ANALYST), lambda: NOW).execute(order)


@pytest.mark.parametrize(
    ("paid", "says"), [("39.99", "{amount} of it has not been received yet"), ("40", "all of it has been received")]
)
def test_a_promise_that_was_received_whole_lacks_nothing(paid: str, says: str) -> None:
    assert says in promise_ends(Decimal(40), Decimal(paid))[0]
    assert promise_ends(Decimal(40), Decimal(paid))[1] == (None if paid == "40" else Decimal("0.01"))


def test_a_midterm_invoice_comes_by_a_time_of_the_customers_day() -> None:
    at = datetime(2026, 3, 16, 15, 58, 30, tzinfo=UTC)
    assert midterm_comes(at, "UTC").endswith("is issued by 16:58.")
    assert midterm_comes(at, "Pacific/Honolulu").endswith("is issued by 06:58.")
