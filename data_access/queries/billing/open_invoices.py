"""The invoices of a customer that are not fully paid, in the order in which a payment settles them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from data_access.base.money import ZERO, to_be_paid
from data_access.models.money import OPEN, CollectionStatus, Invoice, PaymentStatus, is_open
from data_access.store.access import Reader
from data_access.store.scope import visible

_LIMIT = 500


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """One of them. Overdue: to be collected, and its due day has ended where the customer is billed."""

    invoice_id: int
    number: str
    issued_on: date
    due_on: date
    open: Decimal
    is_overdue: bool


def late(payment_status: PaymentStatus, collection: CollectionStatus, overdue_from: datetime, now: datetime) -> bool:
    """Whether an invoice is overdue at an instant."""
    return payment_status in OPEN and collection is CollectionStatus.COLLECT and overdue_from <= now


def open_invoices(reader: Reader, customer_id: int) -> list[OpenInvoice]:
    """The oldest first."""
    unpaid = (
        visible(Invoice, reader.actor)
        .where(Invoice.customer_id == customer_id, is_open())
        .with_only_columns(
            Invoice.id, Invoice.number, Invoice.issued_on, Invoice.due_on, Invoice.overdue_from, Invoice.total,
            Invoice.paid, Invoice.payment_status, Invoice.collection_status,
        )
        .order_by(Invoice.issued_on, Invoice.id)
        .limit(_LIMIT)
    )  # fmt: skip
    return [
        OpenInvoice(
            row.id, row.number, row.issued_on, row.due_on, row.total - row.paid,
            late(row.payment_status, row.collection_status, row.overdue_from, reader.now),
        )
        for row in reader.session.execute(unpaid)
    ]  # fmt: skip


def payment_that_clears(invoices: list[OpenInvoice], currency: str) -> Decimal:
    """The least payment that leaves nothing overdue: older invoices that are not due yet are paid by it first."""
    last = max((place for place, invoice in enumerate(invoices) if invoice.is_overdue), default=-1)
    needed = sum((invoice.open for invoice in invoices[: last + 1]), ZERO)
    return to_be_paid(needed, currency)
