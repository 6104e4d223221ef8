"""The invoices of a customer that are not fully paid, in the order in which a payment settles them."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import label

from data_access.base.money import ZERO, to_be_paid
from data_access.models.money import Invoice
from data_access.services.facts.fees_of_customer import Looks
from data_access.store.scope import visible

_LIMIT = 500


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """One of them."""

    invoice_id: int
    number: str
    issued_on: date
    due_on: date
    open: Decimal
    is_overdue: bool


def open_invoices(look: Looks, customer_id: int) -> list[OpenInvoice]:
    """The oldest first."""
    unpaid = (
        visible(Invoice, look.actor)
        .where(Invoice.customer_id == customer_id, Invoice.is_open)
        .with_only_columns(
            Invoice.id, Invoice.number, Invoice.issued_on, Invoice.due_on, Invoice.open.label("open"),
            label("is_overdue", Invoice.is_overdue(look.now)),
        )
        .order_by(Invoice.issued_on, Invoice.id)
        .limit(_LIMIT)
    )  # fmt: skip
    return [OpenInvoice(*row) for row in look.session.execute(unpaid)]


def payment_that_clears(invoices: list[OpenInvoice], currency: str) -> Decimal:
    """The least payment that leaves nothing overdue: older invoices that are not due yet are paid by it first."""
    last = max((place for place, invoice in enumerate(invoices) if invoice.is_overdue), default=-1)
    needed = sum((invoice.open for invoice in invoices[: last + 1]), ZERO)
    return to_be_paid(needed, currency)
