"""Invoices of a customer: what each is for, when it was due, how far it is paid and how late it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Date, Select, bindparam, case, func, label, literal, or_

from data_access.base.clock import NOW, Instant, start_of
from data_access.base.money import ZERO, Amount
from data_access.base.permissions import Actor, Permission
from data_access.base.text.labels import word
from data_access.models.history import InvoiceRequest
from data_access.models.money import CollectionStatus, Invoice, PaymentStatus
from data_access.queries.customer_context import CUSTOMER_ID, AnyRow, CustomerContext, customer_context
from data_access.queries.pagination.newest_first import PAGE, Mark, page, read_mark
from data_access.queries.pagination.pages import Page
from data_access.store.access import Query, Reader
from data_access.store.confined import made_once
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


class InvoiceStatus(StrEnum):
    """What a list of invoices can be cut to."""

    OPEN = "open"
    OVERDUE = "overdue"
    PAID = "paid"
    NOTHING_TO_PAY = "nothing_to_pay"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """Which invoices: by how far they are paid, and by their issue dates, the first and the last."""

    status: InvoiceStatus | None = None
    issued_from: date | None = None
    issued_to: date | None = None

    def conditions(self, now: Instant) -> list[ColumnElement[bool]]:
        found = [] if self.status is None else [_OF_STATUS[self.status](now)]
        found += [] if self.issued_from is None else [Invoice.issued_on >= self.issued_from]
        return found if self.issued_to is None else [*found, Invoice.issued_on <= self.issued_to]


_OF_STATUS: dict[InvoiceStatus, Callable[[Instant], Any]] = {
    InvoiceStatus.OPEN: lambda _: Invoice.is_open,
    InvoiceStatus.OVERDUE: Invoice.is_overdue,
    InvoiceStatus.PAID: lambda _: Invoice.payment_status == PaymentStatus.PAID,
    InvoiceStatus.NOTHING_TO_PAY: lambda _: Invoice.payment_status == PaymentStatus.DO_NOT_PAY,
    InvoiceStatus.VOID: lambda _: Invoice.payment_status == PaymentStatus.VOID,
}
ALL = InvoiceFilter()


@dataclass(frozen=True, slots=True)
class InvoiceSum:
    """What invoices in one currency come to; void ones are counted and add nothing."""

    currency: str
    invoices: int
    total: Decimal
    paid: Decimal
    open: Decimal


@dataclass(frozen=True)
class InvoiceSums(Query[tuple[InvoiceSum, ...]]):
    """What the invoices of a customer come to, by currency."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int
    only: InvoiceFilter = ALL

    def run(self, reader: Reader) -> tuple[InvoiceSum, ...]:
        customer_context(reader, self.customer_id)
        asked = {"customer_id": self.customer_id, "now": reader.now}
        return tuple(InvoiceSum(*row) for row in reader.session.execute(_sums(reader.actor, self.only), asked))


@made_once
def _sums(actor: Actor, only: InvoiceFilter) -> Select[*tuple[Any, ...]]:
    is_void, nothing = Invoice.payment_status == PaymentStatus.VOID, literal(ZERO, Amount())
    standing = (case((is_void, nothing), else_=column) for column in (Invoice.total, Invoice.paid))
    unpaid = case((Invoice.is_open, Invoice.total - Invoice.paid), else_=nothing)
    sums = (func.sum(column, type_=Amount()) for column in (*standing, unpaid))
    return (
        visible(Invoice, actor)
        .where(Invoice.customer_id == CUSTOMER_ID, *only.conditions(NOW))
        .with_only_columns(Invoice.currency, func.count(), *sums)
        .group_by(Invoice.currency)
        .order_by(Invoice.currency)
    )


@dataclass(frozen=True)
class FindInvoices(Query[Page[InvoiceRow]]):
    """The invoices of a customer, newest issue first, a page at a time."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int
    below: str = ""
    only: InvoiceFilter = ALL

    def run(self, reader: Reader) -> Page[InvoiceRow]:
        seen = customer_context(reader, self.customer_id)
        mark = read_mark(self.below)
        place = {} if mark is None else {"day": mark.at.date(), "id": mark.id}
        asked = {"customer_id": self.customer_id, "now": reader.now, **place}
        rows = reader.session.execute(_newest(reader.actor, self.only, mark is not None), asked)
        return page([(Mark(start_of(row.issued_on, "UTC"), 0, row.id), _invoice(seen, row)) for row in rows])


@made_once
def _newest(actor: Actor, only: InvoiceFilter, goes_on: bool) -> Select[*tuple[Any, ...]]:
    invoices = (
        visible(Invoice, actor)
        .where(Invoice.customer_id == CUSTOMER_ID, *only.conditions(NOW))
        .with_only_columns(*_COLUMNS, label("is_overdue", Invoice.is_overdue(NOW)))
        .order_by(Invoice.issued_on.desc(), Invoice.id.desc())
        .limit(PAGE + 1)
    )
    day = bindparam("day", type_=Date())
    same = (Invoice.issued_on == day) & (Invoice.id < bindparam("id"))
    return invoices.where(or_(Invoice.issued_on < day, same)) if goes_on else invoices


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
