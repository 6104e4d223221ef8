"""Allocation: which payment pays which invoice, the oldest first, and how that is undone."""

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import ColumnElement, Select, bindparam, func

from data_access.base.bookings import SETTLING
from data_access.base.money import ZERO
from data_access.base.permissions import Actor
from data_access.domain.billing.sharing import Owed, Share, share_out
from data_access.models.customers import Customer
from data_access.models.money import Allocation, Invoice, PaymentStatus, Transaction
from data_access.services.facts.fees_of_customer import IDS
from data_access.services.outbox import announce_paid
from data_access.store.confined import made_once
from data_access.store.scope import visible
from data_access.store.unit_of_work import UnitOfWork


def open_invoices(work: UnitOfWork, customer: Customer) -> list[Invoice]:
    """The invoices that are not fully paid, the oldest first."""
    return list(work.session.scalars(_unpaid(work.actor), {"key": customer.id}))


@made_once
def _unpaid(actor: Actor) -> Select[Invoice]:
    mine = visible(Invoice, actor).where(Invoice.customer_id == bindparam("key"), Invoice.is_open)
    return mine.order_by(Invoice.issued_on, Invoice.id)


def owed_on(invoices: Iterable[Invoice]) -> list[Owed[Invoice]]:
    """The invoices with what is open on each."""
    return [Owed(invoice, invoice.issued_on, invoice.open) for invoice in invoices]


def use_money(
    work: UnitOfWork, customer: Customer, unpaid: Iterable[Invoice], only: Transaction | None = None
) -> list[Share[int, Invoice]]:
    """Pays invoices with all money that is not used up; tells what each payment, by its id, paid.

    `only`: the payment that all of it comes from.
    """
    if customer.unallocated == 0:
        return []
    unused = unused_payments(work, customer) if only is None else [(only.id, customer.unallocated)]
    shares = share_out(unused, owed_on(unpaid))
    for share in shares:
        allocate(work, customer, share.payment, share.amount, invoice_id=share.bill.id)
        _pay(work, customer, share.bill, share.bill.paid + share.amount)
    return shares


def use_on(work: UnitOfWork, customer: Customer, payment: Transaction, invoice: Invoice) -> None:
    """Pays one invoice with a payment, as far as it goes."""
    part = min(-payment.amount, invoice.open)
    allocate(work, customer, payment.id, part, invoice_id=invoice.id)
    _pay(work, customer, invoice, invoice.paid + part)


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
    return list(work.session.scalars(mine.where(Allocation.unreversed(), of).order_by(Allocation.id.desc())))


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
    return [(row.id, row.free) for row in work.session.execute(unused_of(work.actor), {"ids": [customer.id]})]


@made_once
def unused_of(actor: Actor) -> Select[int, int, Decimal]:
    """The payments of customers, by their `ids`, that stand, and how much of each is free: the oldest first."""
    mine = visible(Transaction, actor).where(Transaction.customer_id.in_(IDS), Transaction.kind.in_(SETTLING))
    used = (
        visible(Allocation, actor)
        .where(Allocation.customer_id.in_(IDS))
        .with_only_columns(Allocation.payment_id, func.sum(Allocation.amount).label("used"))
        .group_by(Allocation.payment_id)
        .subquery()
    )
    return (
        mine.outerjoin(used, used.c.payment_id == Transaction.id)
        .where(Transaction.unreversed())
        .with_only_columns(
            Transaction.id,
            Transaction.customer_id,
            (-Transaction.amount - func.coalesce(used.c.used, ZERO)).label("free"),
        )
        .order_by(Transaction.id)
    )
