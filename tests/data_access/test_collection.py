"""Collection by itself: reminded, overdue, limited, suspended, terminated, each once; a payment ends it at once."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.permissions import SYSTEM
from data_access.base.statuses import BillStatus
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.commands.billing.money import BookTransaction
from data_access.commands.collections.collection import Collect, Collected
from data_access.commands.customers.status import ChangeStatus
from data_access.models.collection import CollectionStep, Step
from data_access.models.customers import Customer
from data_access.models.history import StatusEvent
from data_access.models.money import CollectionStatus, Invoice, Transaction
from data_access.models.outbox import Message
from data_access.queries.collections.collection_due import DueCollection
from data_access.store.access import Access, new_command_id
from tests.data_access.test_policies import set_policy
from tests.support.builders import a_class, a_customer, a_suspended_customer, an_invoice
from tests.support.ledgers import read_ledgers
from tests.support.people import NOW
from tests.support.rows import BEFORE
from tests.support.visits import visited_too_late

DUE = date(2026, 6, 16)  # a Tuesday


def at(day: int, month: int = 6, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def a_debtor(engine: Engine, **terms: Any) -> int:
    """A customer with one invoice of 100, issued on 1 June and due on the 16th."""
    customer = a_customer(engine, customer_class_id=a_class(engine, **terms), email="a@example.org")
    an_invoice(engine, customer, issued_on=date(2026, 6, 1), due_on=DUE)
    return customer


def system(engine: Engine, now: datetime) -> Access:
    return Access(engine, SYSTEM, lambda: now)


def collect(engine: Engine, customer_id: int, now: datetime) -> Collected:
    return system(engine, now).execute(Collect(customer_id=customer_id, command_id=new_command_id()))


def pay(engine: Engine, customer_id: int, amount: str, now: datetime, kind: Kind = Kind.MANUAL_PAYMENT) -> int:
    order = BookTransaction(
        customer_id=customer_id, kind=kind, amount=Decimal(amount), reason="paid", command_id=new_command_id()
    )
    return system(engine, now).execute(order).transaction_id


def lift(engine: Engine, customer_id: int, day: date, now: datetime) -> None:
    order = ChangeStatus(
        customer_id=customer_id, move="lift_suspension", day=day, reason="asked for", command_id=new_command_id()
    )
    system(engine, now).execute(order)


def row(engine: Engine, customer_id: int) -> Customer:
    with Session(engine) as session:
        return session.get_one(Customer, customer_id)


def booked(engine: Engine, customer_id: int, kind: Kind) -> list[Decimal]:
    with Session(engine) as session:
        mine = select(Transaction.amount).where(Transaction.customer_id == customer_id, Transaction.kind == kind)
        mine = mine.order_by(Transaction.id)
        return list(session.scalars(mine))


def moves(engine: Engine, customer_id: int) -> list[str]:
    with Session(engine) as session:
        mine = select(StatusEvent.move).where(StatusEvent.customer_id == customer_id).order_by(StatusEvent.id)
        return list(session.scalars(mine))[1:]


def mails(engine: Engine, customer_id: int) -> list[str]:
    with Session(engine) as session:
        return list(
            session.scalars(select(Message.event).where(Message.customer_id == customer_id).order_by(Message.id))
        )


def test_a_debtor_is_suspended_on_the_day_of_the_terms(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=6)
    collect(engine, customer, at(21, hour=23))
    assert row(engine, customer).bill_status is BillStatus.OPEN
    assert collect(engine, customer, at(22)).bill_status == "suspended"
    assert row(engine, customer).suspended_at == at(22)


def test_taken_twice_nothing_happens_twice(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=3, late_fee=Decimal(5), resends=[1])
    first, second = collect(engine, customer, at(19)), collect(engine, customer, at(19))
    assert (first.steps, second.steps) == ("overdue,suspend", "")
    assert booked(engine, customer, Kind.LATE_FEE) == [Decimal(5)]
    assert moves(engine, customer) == ["suspend"]
    assert mails(engine, customer) == ["suspended"]


def test_every_step_is_written_down_with_its_invoice(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=3)
    collect(engine, customer, at(20))
    with Session(engine) as session:
        steps = session.scalars(select(CollectionStep).order_by(CollectionStep.id)).all()
    assert [(one.step, one.days, one.due_at, one.at) for one in steps] == [
        (Step.OVERDUE, 0, at(17), at(20)),
        (Step.SUSPEND, 3, at(19), at(20)),
    ]


def test_whoever_pays_on_the_due_date_is_left_alone(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=1, late_fee=Decimal(5))
    pay(engine, customer, "100", at(16, hour=23))
    assert collect(engine, customer, at(20)).steps == ""
    assert booked(engine, customer, Kind.LATE_FEE) == []
    assert row(engine, customer).collect_at is None


def test_the_late_fee_is_owed_by_whoever_pays_hours_later(engine: Engine) -> None:
    customer = a_debtor(engine, late_fee=Decimal(5))
    pay(engine, customer, "100", at(17, hour=2))
    assert booked(engine, customer, Kind.LATE_FEE) == [Decimal(5)]
    assert row(engine, customer).balance == Decimal(5)
    assert collect(engine, customer, at(18)).steps == ""


def test_a_debt_that_was_late_before_it_came_here_costs_no_late_fee(engine: Engine) -> None:
    customer = a_customer(engine, customer_class_id=a_class(engine, late_fee=Decimal(5)), created_at=at(20))
    an_invoice(engine, customer, issued_on=date(2026, 6, 1), due_on=DUE, at=at(20))
    collect(engine, customer, at(21))
    assert booked(engine, customer, Kind.LATE_FEE) == []


def test_a_payment_ends_the_suspension_at_once_and_books_the_fee_for_it(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=3, reactivation_fee=Decimal(7))
    collect(engine, customer, at(19))
    pay(engine, customer, "60", at(20))
    assert row(engine, customer).bill_status is BillStatus.SUSPENDED
    pay(engine, customer, "40", at(21))
    assert row(engine, customer).bill_status is BillStatus.OPEN
    assert booked(engine, customer, Kind.REACTIVATION_FEE) == [Decimal(7)]
    assert moves(engine, customer) == ["suspend", "resume"]


def test_a_suspension_that_comes_back_for_an_invoice_costs_the_fee_of_its_terms(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=3, reactivation_fee=Decimal(7))
    set_policy(engine, row(engine, customer).customer_class_id, reactivation_fee="20")
    collect(engine, customer, at(19))
    payment = pay(engine, customer, "100", at(20))
    reversal = ReverseTransaction(transaction_id=payment, reason="bounced", command_id=new_command_id())
    system(engine, at(21)).execute(reversal)
    assert row(engine, customer).bill_status is BillStatus.SUSPENDED
    pay(engine, customer, "100", at(23))
    assert booked(engine, customer, Kind.REACTIVATION_FEE) == [Decimal(7), Decimal(-7), Decimal(7)]


def test_a_later_suspension_costs_the_fee_of_the_invoice_that_led_to_it(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=3, reactivation_fee=Decimal(7))
    set_policy(engine, row(engine, customer).customer_class_id, reactivation_fee="20")
    collect(engine, customer, at(19))
    pay(engine, customer, "100", at(20))
    an_invoice(engine, customer, issued_on=date(2026, 7, 1), due_on=date(2026, 7, 7), at=at(1, 7))
    collect(engine, customer, at(15, 7))
    pay(engine, customer, "100", at(16, 7))
    assert booked(engine, customer, Kind.REACTIVATION_FEE) == [Decimal(7), Decimal(20)]


@pytest.mark.parametrize(("since", "fee"), [(NOW - timedelta(hours=1), 7), (NOW, 20), (BEFORE - timedelta(days=1), 7)])
def test_a_suspension_without_its_step_costs_the_fee_that_held_when_it_began(
    engine: Engine, since: datetime, fee: int
) -> None:
    of_class = a_class(engine, reactivation_fee=Decimal(7))
    customer = a_suspended_customer(engine, customer_class_id=of_class, suspended_at=since)
    set_policy(engine, of_class, reactivation_fee="20")
    pay(engine, customer, "100", NOW + timedelta(days=1))
    assert booked(engine, customer, Kind.REACTIVATION_FEE) == [Decimal(fee)]


def test_a_credit_is_no_payment(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=3)
    collect(engine, customer, at(19))
    pay(engine, customer, "100", at(20), Kind.PROMOTIONAL_CREDIT)
    assert row(engine, customer).bill_status is BillStatus.SUSPENDED


def test_a_lift_that_runs_out_unpaid_suspends_again_and_erases_the_date(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=3)
    collect(engine, customer, at(19))
    lift(engine, customer, date(2026, 6, 25), at(20))
    assert row(engine, customer).collect_at == at(25)
    collect(engine, customer, at(24, hour=23))
    assert row(engine, customer).suspension_lifted_until == at(25)
    collect(engine, customer, at(25))
    assert row(engine, customer).suspension_lifted_until is None
    assert moves(engine, customer) == ["suspend", "lift_suspension", "suspend_again"]


def test_a_lift_is_erased_by_the_payment(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=3)
    collect(engine, customer, at(19))
    lift(engine, customer, date(2026, 6, 25), at(20))
    pay(engine, customer, "100", at(21))
    assert (row(engine, customer).bill_status, row(engine, customer).suspension_lifted_until) == (BillStatus.OPEN, None)
    assert collect(engine, customer, at(25)).steps == ""


def test_a_limited_service_is_full_again_with_the_payment(engine: Engine) -> None:
    customer = a_debtor(engine, limit_after=3, suspend_after=10)
    collect(engine, customer, at(19))
    assert row(engine, customer).service_limited
    pay(engine, customer, "100", at(20))
    assert not row(engine, customer).service_limited
    assert moves(engine, customer) == ["limit_service", "end_limitation"]


def test_the_last_step_terminates_provisionally_with_the_window_of_the_class(engine: Engine) -> None:
    customer = a_debtor(engine, terminate_after=20, reactivation_window_days=10)
    collect(engine, customer, at(6, 7))
    assert row(engine, customer).bill_status is BillStatus.PROVISIONALLY_TERMINATED
    assert (row(engine, customer).terminate_on, row(engine, customer).collect_at) == (date(2026, 7, 16), None)


def test_a_rest_at_the_threshold_resumes_where_the_terms_say_so(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=3, threshold=Decimal(10), resume_at_threshold=True)
    collect(engine, customer, at(19))
    pay(engine, customer, "89", at(20))
    assert row(engine, customer).bill_status is BillStatus.SUSPENDED
    pay(engine, customer, "1", at(20))
    assert row(engine, customer).bill_status is BillStatus.OPEN
    assert (row(engine, customer).outstanding, row(engine, customer).collect_at) == (Decimal(10), None)


def test_a_rest_at_the_threshold_stays_suspended_where_they_do_not(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=3, threshold=Decimal(10))
    collect(engine, customer, at(19))
    pay(engine, customer, "95", at(20))
    assert row(engine, customer).bill_status is BillStatus.SUSPENDED


def test_a_rest_at_the_threshold_before_the_due_date_is_not_pursued(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=3, threshold=Decimal(10))
    pay(engine, customer, "95", at(10))
    assert collect(engine, customer, at(25)).steps == ""
    with Session(engine) as session:
        assert session.scalars(select(Invoice.collection_status)).one() is CollectionStatus.DO_NOT_COLLECT


def test_after_weeks_without_a_run_stages_come_in_order_and_after_their_notices(engine: Engine) -> None:
    customer = a_debtor(
        engine, reminders=[7, 3], resends=[1, 5], limit_after=4, suspend_after=8, suspend_notices=[3, 1]
    )
    told = {}
    for day in range(20, 27):
        before = len(mails(engine, customer))
        collect(engine, customer, at(day, 7))
        told[day] = mails(engine, customer)[before:]
    assert told == {
        20: ["limited"], 21: ["suspension_ahead"], 22: [], 23: ["suspension_ahead"], 24: ["suspended"], 25: [], 26: [],
    }  # fmt: skip
    assert moves(engine, customer) == ["limit_service", "suspend"]


def test_the_run_finds_who_has_something_due_and_nobody_else(engine: Engine) -> None:
    debtor, _calm = a_debtor(engine, suspend_after=3), a_customer(engine)
    collect(engine, debtor, at(2))
    assert row(engine, debtor).collect_at == at(17)
    assert system(engine, at(16)).fetch(DueCollection()) == []
    assert system(engine, at(17)).fetch(DueCollection()) == [debtor]
    assert system(engine, at(17)).fetch(DueCollection(after=debtor)) == []


def test_what_is_found_due_is_judged_again(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=3)
    found = system(engine, at(19)).fetch(DueCollection())
    pay(engine, customer, "100", at(19))
    assert [collect(engine, one, at(19)).steps for one in found] == [""]
    assert row(engine, customer).bill_status is BillStatus.OPEN


def test_a_reversed_payment_brings_the_suspension_back_at_once_and_no_second_fee(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=3, late_fee=Decimal(5))
    collect(engine, customer, at(19))
    payment = pay(engine, customer, "100", at(20))
    reversal = ReverseTransaction(transaction_id=payment, reason="bounced", command_id=new_command_id())
    system(engine, at(22)).execute(reversal)
    assert row(engine, customer).bill_status is BillStatus.SUSPENDED
    assert system(engine, at(22)).fetch(DueCollection()) == []
    assert moves(engine, customer) == ["suspend", "resume", "suspend"]
    assert booked(engine, customer, Kind.LATE_FEE) == [Decimal(5)]
    assert collect(engine, customer, at(23)).steps == ""


def test_a_small_rest_that_grows_again_by_a_reversal_is_collected_again(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=3, threshold=Decimal(10))
    payment = pay(engine, customer, "95", at(10))
    system(engine, at(11)).execute(
        ReverseTransaction(transaction_id=payment, reason="bounced", command_id=new_command_id())
    )
    assert collect(engine, customer, at(19)).bill_status == "suspended"


@pytest.mark.parametrize("amount", ["50", "100"])
def test_the_books_and_the_next_visit_agree_after_all_of_it(engine: Engine, amount: str) -> None:
    customer = a_debtor(engine, suspend_after=3, late_fee=Decimal(5), reactivation_fee=Decimal(7), resends=[9])
    for day in range(15, 31):
        collect(engine, customer, at(day))
        if day == 22:
            pay(engine, customer, amount, at(day) + timedelta(hours=3))
        assert not visited_too_late(engine, at(day, hour=4))
    ledgers = read_ledgers(engine)
    assert not ledgers.unlike_their_transactions() + ledgers.summaries_gone_wrong() + ledgers.events_unlike_the_facts()
    assert row(engine, customer).collect_at is None
