"""What was paid by a day: rebuilt from allocations, which record when they were made and when they were undone."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import func

from data_access.base.clock import start_of
from data_access.base.money import ZERO
from data_access.base.permissions import Permission
from data_access.models.money import Allocation, Invoice
from data_access.queries.customer_context import customer_context
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_LAST = date.max - timedelta(days=1)  # the very last day has no end that could be calculated


@dataclass(frozen=True, slots=True)
class PaidInvoice:
    """An invoice, and how much of it had been paid."""

    invoice_id: int
    number: str
    issued_on: date
    total: Decimal
    paid: Decimal


@dataclass(frozen=True)
class PaidAsOf(Query[tuple[PaidInvoice, ...]]):
    """The invoices issued by a day, and what was paid on each as recorded by its end; the oldest first."""

    needs: ClassVar = Permission.CUSTOMER_READ

    customer_id: int
    day: date

    def run(self, reader: Reader) -> tuple[PaidInvoice, ...]:
        customer = customer_context(reader, self.customer_id)
        end = start_of(min(self.day, _LAST) + timedelta(days=1), customer.zone)
        paid = (
            visible(Allocation, reader.actor)
            .where(Allocation.customer_id == self.customer_id, Allocation.at < end, Allocation.invoice_id.is_not(None))
            .with_only_columns(Allocation.invoice_id, func.sum(Allocation.amount).label("paid"))
            .group_by(Allocation.invoice_id)
            .subquery()
        )
        invoices = (
            visible(Invoice, reader.actor)
            .outerjoin(paid, paid.c.invoice_id == Invoice.id)
            .where(Invoice.customer_id == self.customer_id, Invoice.issued_on <= self.day)
            .with_only_columns(Invoice.id, Invoice.number, Invoice.issued_on, Invoice.total, paid.c.paid)
            .order_by(Invoice.issued_on, Invoice.id)
        )
        return tuple(
            PaidInvoice(row.id, row.number, row.issued_on, row.total, row.paid or ZERO)
            for row in reader.session.execute(invoices)
        )
