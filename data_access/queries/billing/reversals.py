"""What the reversal of a booking would do, before it is made: the balance, and the invoices that are open again."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import func

from data_access.base.bookings import BOOKINGS
from data_access.base.errors import NotFound
from data_access.base.money import ZERO
from data_access.base.permissions import Permission
from data_access.domain.billing.sharing import Owed, share_out
from data_access.domain.shown_status import over_limit_with
from data_access.models.customers import Customer
from data_access.models.money import Allocation, Invoice, PaymentStatus, Transaction
from data_access.queries.billing.usage_rows import measured_words
from data_access.services.collection_threshold import pursue
from data_access.services.facts.reversing import why_not_reversed
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_CALLED = "The transaction"


@dataclass(frozen=True, slots=True)
class Reopened:
    """An invoice that is open again, and by how much. `is_overdue`: at once, as collection judges it then."""

    number: str
    due_on: date
    amount: Decimal
    is_overdue: bool


@dataclass(frozen=True, slots=True)
class Reversal:
    """`amount`: as the booking moved the balance. `obstacle`: why it cannot be reversed; empty if it can.

    `over_limit`: how far the balance is above the credit limit afterwards.
    `measured`: of usage, how much it was and what quotas covered, in words; they get it back.
    """

    label: str
    value_on: date
    amount: Decimal
    currency: str
    balance_before: Decimal
    balance_after: Decimal
    reopens: tuple[Reopened, ...]
    obstacle: str
    measured: str
    over_limit: Decimal


@dataclass(slots=True)
class _Bill:
    """An invoice as it would be without the payment: a copy, which no session knows."""

    invoice: Invoice
    taken_back: Decimal

    def take(self, amount: Decimal) -> None:
        """Money that pays it instead."""
        self.invoice.paid += amount
        self.invoice.payment_status = _status(self.invoice)
        self.taken_back -= amount


@dataclass(frozen=True)
class ReversalPreview(Query[Reversal]):
    """What the reversal of a booking would do now; NotFound for one that this actor cannot see."""

    needs: ClassVar = Permission.CUSTOMER_READ
    transaction_id: int

    def run(self, reader: Reader) -> Reversal:
        query = visible(Transaction, reader.actor).where(Transaction.id == self.transaction_id)
        booked = reader.session.scalars(query).one_or_none()
        if booked is None:
            raise NotFound(_CALLED)
        mine = visible(Customer, reader.actor).where(Customer.id == booked.customer_id)
        customer, row = reader.session.scalars(mine).one(), BOOKINGS[booked.kind]
        obstacle = why_not_reversed(reader, booked)
        return Reversal(
            label=row.label,
            value_on=booked.value_on,
            amount=booked.amount,
            currency=booked.currency,
            balance_before=customer.balance,
            balance_after=customer.balance - booked.amount,
            reopens=_reopens(reader, customer, booked) if row.settles and not obstacle else (),
            obstacle=obstacle,
            measured=measured_words(reader, [booked.id]).get(booked.id, ""),
            over_limit=over_limit_with(customer, customer.balance - booked.amount, reader.now),
        )


def _reopens(reader: Reader, customer: Customer, booked: Transaction) -> tuple[Reopened, ...]:
    """The invoices that lose what the payment paid, unless other payments that are not used up pay them at once."""
    paid = _paid_by(reader, booked)
    bills = _without(reader, customer, paid)
    unused = customer.unallocated - (-booked.amount - sum(paid.values(), ZERO))
    owed = [Owed(bill, bill.invoice.issued_on, bill.invoice.open) for bill in bills]
    for share in share_out([(booked.id, unused)], owed):
        share.bill.take(share.amount)
    pursue(reader, [bill.invoice for bill in bills if bill.invoice.is_open])
    return tuple(
        Reopened(
            bill.invoice.number, bill.invoice.due_on, bill.taken_back, is_overdue=bill.invoice.is_overdue(reader.now)
        )
        for bill in bills
        if bill.taken_back > 0
    )


def _paid_by(reader: Reader, booked: Transaction) -> dict[int, Decimal]:
    """What the payment stands for on each invoice."""
    query = visible(Allocation, reader.actor).where(
        Allocation.payment_id == booked.id, Allocation.invoice_id.is_not(None)
    )
    sums = query.with_only_columns(Allocation.invoice_id, func.sum(Allocation.amount)).group_by(Allocation.invoice_id)
    return {invoice_id: part for invoice_id, part in reader.session.execute(sums) if invoice_id and part}


def _without(reader: Reader, customer: Customer, paid: dict[int, Decimal]) -> list[_Bill]:
    """The invoices of the customer that are open without the payment, the oldest first."""
    query = visible(Invoice, reader.actor).where(
        Invoice.customer_id == customer.id, Invoice.is_open | Invoice.id.in_(paid)
    )
    return [
        _bill(row, paid.get(row.id, ZERO))
        for row in reader.session.scalars(query.order_by(Invoice.issued_on, Invoice.id))
    ]


def _bill(row: Invoice, taken_back: Decimal) -> _Bill:
    alike = ("policy_id", "number", "issued_on", "due_on", "overdue_from", "total", "collection_status")
    copy = Invoice(paid=row.paid - taken_back, **{name: getattr(row, name) for name in alike})
    copy.payment_status = _status(copy)
    return _Bill(copy, taken_back)


def _status(invoice: Invoice) -> PaymentStatus:
    if not invoice.open:
        return PaymentStatus.PAID
    return PaymentStatus.PARTLY_PAID if invoice.paid else PaymentStatus.UNPAID
