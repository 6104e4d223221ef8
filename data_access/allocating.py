"""Allocation: which payment pays which invoice, the oldest first, and how that is taken back."""

from decimal import Decimal
from typing import Protocol, TypeVar

from sqlalchemy import ColumnElement, func

from data_access.announcing import announce_paid
from data_access.bookings import settling_kinds
from data_access.models.customers import Customer
from data_access.models.money import OPEN, Allocation, Invoice, PaymentStatus, Transaction
from data_access.money import ZERO
from data_access.unit_of_work import UnitOfWork


class Owed(Protocol):
    """An invoice as far as settling is concerned."""

    total: Decimal
    paid: Decimal


Bill = TypeVar("Bill", bound=Owed)


def share_out(money: Decimal, invoices: list[Bill]) -> list[tuple[Bill, Decimal]]:
    """How much of the money each invoice gets, in the order given, until it is used up."""
    shares = []
    for invoice in invoices:
        part = min(money, invoice.total - invoice.paid)
        if part > 0:
            shares.append((invoice, part))
            money -= part
    return shares


def open_invoices(work: UnitOfWork, customer: Customer) -> list[Invoice]:
    """The invoices that are not fully paid, the oldest first."""
    unpaid = work.select(Invoice).where(Invoice.customer_id == customer.id, Invoice.payment_status.in_(OPEN))
    return list(work.session.scalars(unpaid.order_by(Invoice.issued_on, Invoice.id)))


def pay_oldest(work: UnitOfWork, customer: Customer, payment_id: int, money: Decimal) -> None:
    """Pays the oldest unpaid invoices with so much of a payment."""
    for invoice, part in share_out(money, open_invoices(work, customer)):
        allocate(work, customer, payment_id, part, invoice_id=invoice.id)
        _pay(work, customer, invoice, invoice.paid + part)


def pay_with_what_is_unused(work: UnitOfWork, customer: Customer) -> None:
    """Pays open invoices with the payments that are not used up, the oldest of both first."""
    if customer.unallocated == 0:
        return
    for payment_id, free in unused_payments(work, customer):
        pay_oldest(work, customer, payment_id, free)


def allocate(
    work: UnitOfWork,
    customer: Customer,
    payment_id: int,
    part: Decimal,
    *,
    invoice_id: int | None = None,
    refund_id: int | None = None,
    reverses_id: int | None = None,
) -> None:
    """Puts part of a payment to one use; a negative part takes it out of that use again."""
    customer.unallocated -= part
    work.add(
        Allocation(
            customer_id=customer.id,
            command_id=work.order.command_id,
            payment_id=payment_id,
            invoice_id=invoice_id,
            refund_id=refund_id,
            amount=part,
            at=work.now,
            reverses_id=reverses_id,
        )
    )


def take_back(work: UnitOfWork, customer: Customer, of: ColumnElement[bool]) -> list[Invoice]:
    """Takes allocations back, the last one first: the money is unallocated, the invoices, given back, are open."""
    reopened = []
    for use in standing_allocations(work, customer, of):
        allocate(
            work, customer, use.payment_id, -use.amount,
            invoice_id=use.invoice_id, refund_id=use.refund_id, reverses_id=use.id,
        )  # fmt: skip
        if use.invoice_id is not None:
            invoice = work.session.scalars(work.select(Invoice).where(Invoice.id == use.invoice_id)).one()
            _pay(work, customer, invoice, invoice.paid - use.amount)
            reopened.append(invoice)
    return reopened


def standing_allocations(work: UnitOfWork, customer: Customer, of: ColumnElement[bool]) -> list[Allocation]:
    """The uses of money that were not taken back, the last one first."""
    mine = work.select(Allocation).where(Allocation.customer_id == customer.id)
    taken_back = mine.where(Allocation.reverses_id.is_not(None)).with_only_columns(Allocation.reverses_id)
    asked = mine.where(Allocation.reverses_id.is_(None), Allocation.id.not_in(taken_back), of)
    return list(work.session.scalars(asked.order_by(Allocation.id.desc())))


def _pay(work: UnitOfWork, customer: Customer, invoice: Invoice, paid: Decimal) -> None:
    before = invoice.payment_status
    invoice.paid = paid
    if before is not PaymentStatus.VOID:
        invoice.payment_status = _status(invoice)
    announce_paid(work, customer, invoice, before)


def _status(invoice: Invoice) -> PaymentStatus:
    if invoice.paid == invoice.total:
        return PaymentStatus.PAID
    return PaymentStatus.PARTLY_PAID if invoice.paid else PaymentStatus.UNPAID


def unused_payments(work: UnitOfWork, customer: Customer) -> list[tuple[int, Decimal]]:
    """The payments that stand and how much of each is not used, the oldest first."""
    mine = work.select(Transaction).where(
        Transaction.customer_id == customer.id, Transaction.kind.in_(settling_kinds())
    )
    reversed_ids = mine.where(Transaction.reverses_id.is_not(None)).with_only_columns(Transaction.reverses_id)
    used = (
        work.select(Allocation)
        .where(Allocation.customer_id == customer.id)
        .with_only_columns(Allocation.payment_id, func.sum(Allocation.amount).label("used"))
        .group_by(Allocation.payment_id)
        .subquery()
    )
    payments = (
        mine.outerjoin(used, used.c.payment_id == Transaction.id)
        .where(Transaction.reverses_id.is_(None), Transaction.id.not_in(reversed_ids))
        .with_only_columns(Transaction.id, Transaction.amount, used.c.used)
        .order_by(Transaction.id)
    )
    return [(row.id, -row.amount - (row.used or ZERO)) for row in work.session.execute(payments)]
