"""The invoices of a customer that are not fully paid, in the order in which a payment settles them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from data_access.base.money import ZERO, to_be_paid


@dataclass(frozen=True, slots=True)
class OpenInvoice:
    """One of them."""

    invoice_id: int
    number: str
    issued_on: date
    due_on: date
    open: Decimal
    is_overdue: bool


def payment_that_clears(invoices: Sequence[OpenInvoice], currency: str) -> Decimal:
    """The least payment that leaves nothing overdue: older invoices that are not due yet are paid by it first."""
    last = max((place for place, invoice in enumerate(invoices) if invoice.is_overdue), default=-1)
    needed = sum((invoice.open for invoice in invoices[: last + 1]), ZERO)
    return to_be_paid(needed, currency)
