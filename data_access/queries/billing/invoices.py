"""Invoices of a customer: what each is for, when it was due, how far it is paid and how late it is."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import label, or_

from data_access.base.clock import start_of
from data_access.base.money import ZERO
from data_access.base.permissions import Permission
from data_access.base.text.labels import word
from data_access.models.history import InvoiceRequest
from data_access.models.money import CollectionStatus, Invoice, PaymentStatus
from data_access.queries.customer_context import AnyRow, CustomerContext, customer_context
from data_access.queries.pagination.newest_first import PAGE, Mark, page, read_mark
from data_access.queries.pagination.pages import Page
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_LAST_ASKED = 5


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One invoice; days overdue are whole days after the due day, where the customer is billed."""

    invoice_id: int
    number: str
    type: str
    period_from: date | None
    period_to: date | None
    issued_on: date
    due_on: date
    days_overdue: int
    total: Decimal
    paid: Decimal
    open: Decimal
    payment_status: str
    is_collected: bool
    is_disputed: bool
    is_void: bool


_COLUMNS = (
    Invoice.id, Invoice.number, Invoice.type, Invoice.period_from, Invoice.period_to, Invoice.issued_on,
    Invoice.due_on, Invoice.total, Invoice.paid, Invoice.open.label("open"), Invoice.payment_status,
    Invoice.is_open.label("is_open"), Invoice.collection_status, Invoice.disputed,
)  # fmt: skip


@dataclass(frozen=True)
class FindInvoices(Query[Page[InvoiceRow]]):
    """The invoices of a customer, newest issue first, a page at a time."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int
    below: str = ""

    def run(self, reader: Reader) -> Page[InvoiceRow]:
        seen = customer_context(reader, self.customer_id)
        invoices = (
            visible(Invoice, reader.actor)
            .where(Invoice.customer_id == self.customer_id)
            .with_only_columns(*_COLUMNS, label("is_overdue", Invoice.is_overdue(reader.now)))
            .order_by(Invoice.issued_on.desc(), Invoice.id.desc())
            .limit(PAGE + 1)
        )
        mark = read_mark(self.below)
        if mark is not None:
            day = mark.at.date()
            same = (Invoice.issued_on == day) & (Invoice.id < mark.id)
            invoices = invoices.where(or_(Invoice.issued_on < day, same))
        rows = reader.session.execute(invoices)
        return page([(Mark(start_of(row.issued_on, "UTC"), 0, row.id), _invoice(seen, row)) for row in rows])


def _invoice(seen: CustomerContext, row: AnyRow) -> InvoiceRow:
    return InvoiceRow(
        invoice_id=row.id,
        number=row.number,
        type=word(row.type),
        period_from=row.period_from,
        period_to=row.period_to,
        issued_on=row.issued_on,
        due_on=row.due_on,
        days_overdue=(seen.today - row.due_on).days if row.is_overdue else 0,
        total=row.total,
        paid=row.paid,
        open=row.open if row.is_open else ZERO,
        payment_status=_payment_status(row.payment_status, row.is_overdue),
        is_collected=row.collection_status is CollectionStatus.COLLECT,
        is_disputed=row.disputed,
        is_void=row.payment_status is PaymentStatus.VOID,
    )


def _payment_status(status: PaymentStatus, is_late: bool) -> str:
    if not is_late:
        return word(status)
    return "Overdue, partly paid" if status is PaymentStatus.PARTLY_PAID else "Overdue"


@dataclass(frozen=True, slots=True)
class AskedFor:
    """A midterm invoice that was asked for; `number` is that of the invoice once it is issued."""

    at: datetime
    login: str
    state: str
    number: str


@dataclass(frozen=True)
class InvoicesAskedFor(Query[tuple[AskedFor, ...]]):
    """The last midterm invoices that were asked for, newest first, with what became of each."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> tuple[AskedFor, ...]:
        customer_context(reader, self.customer_id)
        query = (
            visible(InvoiceRequest, reader.actor)
            .outerjoin(Invoice, Invoice.id == InvoiceRequest.invoice_id)
            .where(InvoiceRequest.customer_id == self.customer_id)
            .with_only_columns(InvoiceRequest.requested_at, InvoiceRequest.login, InvoiceRequest.state, Invoice.number)
            .order_by(InvoiceRequest.id.desc())
            .limit(_LAST_ASKED)
        )
        return tuple(
            AskedFor(row.requested_at, row.login, word(row.state), row.number or "")
            for row in reader.session.execute(query)
        )
