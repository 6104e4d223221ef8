"""The joints of settling: a new invoice uses money at hand, and what a payment did can be taken back in reverse."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.errors import Rejected
from data_access.base.money import ZERO
from data_access.base.permissions import SYSTEM, Permission
from data_access.base.statuses import BillStatus
from data_access.commands.billing.money import BookTransaction
from data_access.models.customers import Customer
from data_access.models.money import Allocation, Invoice, PaymentStatus, Transaction
from data_access.queries.customers.customer import CustomerHead
from data_access.services.entering import book
from data_access.services.settlement import after_issue, give_back, recover, release, unsettle
from data_access.store.access import Access, Command, new_command_id
from data_access.store.unit_of_work import UnitOfWork
from tests.support.builders import a_customer, a_suspended_customer, an_invoice
from tests.support.ledgers import read_ledgers
from tests.support.people import NOW, knowingly

Step = Callable[[UnitOfWork, Customer], None]


@dataclass(frozen=True, slots=True)
class Done:
    customer_id: int


@dataclass(frozen=True, kw_only=True)
class Do(Command[Done]):
    """One joint, as the commands that stand on it would call it."""

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = Done

    customer_id: int
    step: Step

    def apply(self, work: UnitOfWork) -> Done:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        self.step(work, customer)
        return Done(customer.id)


def do(engine: Engine, customer_id: int, step: Step) -> None:
    system = Access(engine, SYSTEM, lambda: NOW)
    system.execute(Do(customer_id=customer_id, step=step, command_id=new_command_id()))


def pay(engine: Engine, customer_id: int, amount: str) -> int:
    order = BookTransaction(
        customer_id=customer_id, kind=Kind.MANUAL_PAYMENT, amount=Decimal(amount), command_id=new_command_id()
    )
    return knowingly(Access(engine, SYSTEM, lambda: NOW), order).transaction_id


def reverse(payment_id: int) -> Step:
    def step(work: UnitOfWork, customer: Customer) -> None:
        payment = work.session.scalars(work.select(Transaction).where(Transaction.id == payment_id)).one()
        opposite = book(work, customer, Kind.REFUND, -payment.amount, value_on=NOW.date())
        unsettle(work, customer, payment)
        assert opposite.amount == -payment.amount

    return step


def row(engine: Engine, customer_id: int) -> Customer:
    with Session(engine) as session:
        return session.get_one(Customer, customer_id)


def paid(engine: Engine, customer_id: int) -> list[tuple[Decimal, PaymentStatus]]:
    with Session(engine) as session:
        mine = select(Invoice).where(Invoice.customer_id == customer_id).order_by(Invoice.issued_on, Invoice.id)
        return [(invoice.paid, invoice.payment_status) for invoice in session.scalars(mine)]


def test_three_payments_pay_an_invoice_of_thirty(engine: Engine) -> None:
    customer = a_customer(engine)
    an_invoice(engine, customer, total=Decimal(30))
    told = []
    for amount in ("10", "15", "5"):
        pay(engine, customer, amount)
        told.append(paid(engine, customer)[0])
    partly, whole = PaymentStatus.PARTLY_PAID, PaymentStatus.PAID
    assert told == [(Decimal(10), partly), (Decimal(25), partly), (Decimal(30), whole)]


def test_outstanding_is_what_is_open_of_all_invoices_and_overdue_of_the_late_ones_only(engine: Engine) -> None:
    customer = a_customer(engine)
    for month, total in ((1, 30), (2, 15), (3, 20), (4, 25)):
        on = date(2026, month, 1)
        an_invoice(engine, customer, total=Decimal(total), issued_on=on - timedelta(days=14), due_on=on)
    pay(engine, customer, "10")
    head = Access(engine, SYSTEM, lambda: datetime(2026, 2, 15, tzinfo=UTC)).fetch(CustomerHead(customer))
    assert head.overdue is not None
    assert (head.overdue.amount, head.outstanding) == (Decimal(35), Decimal(80))


def test_a_new_invoice_uses_unallocated_money(engine: Engine) -> None:
    customer = a_customer(engine, unallocated=Decimal(30))
    an_invoice(engine, customer)
    do(engine, customer, after_issue)
    assert paid(engine, customer) == [(Decimal(30), PaymentStatus.PARTLY_PAID)]
    assert (row(engine, customer).unallocated, row(engine, customer).outstanding) == (Decimal(0), Decimal(70))
    assert not read_ledgers(engine).summaries_gone_wrong()


def test_a_reversed_payment_opens_its_invoices_again_the_last_one_first(engine: Engine) -> None:
    customer = a_customer(engine)
    an_invoice(engine, customer, total=Decimal(10), issued_on=date(2026, 1, 1))
    an_invoice(engine, customer, total=Decimal(20))
    payment = pay(engine, customer, "25")
    do(engine, customer, reverse(payment))
    assert paid(engine, customer) == [(Decimal(0), PaymentStatus.UNPAID)] * 2
    with Session(engine) as session:
        taken_back = session.scalars(select(Allocation).where(Allocation.amount < ZERO).order_by(Allocation.id)).all()
    assert [part.amount for part in taken_back] == [Decimal(-15), Decimal(-10)]
    assert not read_ledgers(engine).invoices_unlike_their_allocations()


def test_a_reversed_payment_pays_nothing_later(engine: Engine) -> None:
    customer = a_customer(engine)
    payment = pay(engine, customer, "25")
    do(engine, customer, reverse(payment))
    an_invoice(engine, customer, total=Decimal(20))
    do(engine, customer, after_issue)
    assert row(engine, customer).unallocated == 0
    assert paid(engine, customer) == [(Decimal(0), PaymentStatus.UNPAID)]


def test_money_of_another_payment_takes_the_place_of_a_reversed_one(engine: Engine) -> None:
    customer = a_customer(engine)
    an_invoice(engine, customer, total=Decimal(20))
    first = pay(engine, customer, "20")
    pay(engine, customer, "20")
    do(engine, customer, reverse(first))
    assert paid(engine, customer) == [(Decimal(20), PaymentStatus.PAID)]
    assert row(engine, customer).unallocated == 0


def test_a_payment_that_was_refunded_cannot_be_taken_back(engine: Engine) -> None:
    customer = a_customer(engine)
    payment = pay(engine, customer, "20")

    def refund(work: UnitOfWork, of: Customer) -> None:
        give_back(work, of, book(work, of, Kind.REFUND, Decimal(5), value_on=NOW.date()))

    do(engine, customer, refund)
    with pytest.raises(Rejected, match="reverse the refund first"):
        do(engine, customer, reverse(payment))


def test_a_reversed_refund_is_money_at_hand_again(engine: Engine) -> None:
    customer = a_customer(engine)
    pay(engine, customer, "20")

    def refund_and_back(work: UnitOfWork, of: Customer) -> None:
        given = book(work, of, Kind.REFUND, Decimal(5), value_on=NOW.date())
        give_back(work, of, given)
        recover(work, of, given)

    do(engine, customer, refund_and_back)
    assert row(engine, customer).unallocated == Decimal(20)


def test_the_money_of_a_void_invoice_pays_the_next_one(engine: Engine) -> None:
    customer = a_customer(engine)
    first = an_invoice(engine, customer, total=Decimal(20))
    pay(engine, customer, "20")
    an_invoice(engine, customer, total=Decimal(30), issued_on=date(2026, 3, 1))

    def void(work: UnitOfWork, of: Customer) -> None:
        invoice = work.session.scalars(work.select(Invoice).where(Invoice.id == first)).one()
        invoice.payment_status = PaymentStatus.VOID
        release(work, of, invoice)

    do(engine, customer, void)
    assert paid(engine, customer) == [(Decimal(0), PaymentStatus.VOID), (Decimal(20), PaymentStatus.PARTLY_PAID)]
    assert row(engine, customer).unallocated == 0


def test_a_suspension_ends_when_its_invoice_is_void(engine: Engine) -> None:
    customer = a_suspended_customer(engine)

    def void(work: UnitOfWork, of: Customer) -> None:
        invoice = work.session.scalars(work.select(Invoice).where(Invoice.customer_id == of.id)).one()
        invoice.payment_status = PaymentStatus.VOID
        release(work, of, invoice)

    do(engine, customer, void)
    assert row(engine, customer).bill_status is BillStatus.OPEN
