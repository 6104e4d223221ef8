"""An invoice as it is printed: who bills whom for what, line by line, what is paid and what is due."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import ClassVar

from sqlalchemy import ColumnElement, case, func, or_

from data_access.base.bookings import BOOKINGS, Kind
from data_access.base.errors import NotFound
from data_access.base.money import ZERO
from data_access.base.permissions import Permission
from data_access.base.text.labels import country_name, word
from data_access.base.text.masking import shown, shown_name
from data_access.domain.billing.taxes import Rate
from data_access.models.card.invoicing import InvoiceTemplate, InvoicingSettings
from data_access.models.card.self_care import SelfCare
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.models.money import Invoice, InvoiceLine, PaymentStatus, Transaction
from data_access.models.taxation import InvoiceTax, TaxWay
from data_access.queries.customer_context import AnyRow
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_CALLED = "The invoice"
_WHOLE = "As invoiced"
_OTHERS = "Other"
_ROUNDING = "Rounding"
_TITLE, _ALL = "Invoice", "day says amount"


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One booking on the invoice; `day` None for what is carried over, and what rounding makes of it."""

    day: date | None
    says: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PaperSection:
    """The lines of one service, in the order of their days."""

    service: str
    total: Decimal
    lines: tuple[PaperLine, ...]


@dataclass(frozen=True, slots=True)
class PaperTax:
    """A tax of the invoice, on top of its net amount or out of what its lines say; of an exemption, why."""

    label: str
    base: Decimal
    amount: Decimal
    is_added: bool
    is_exempt: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """Amounts in `currency`. `previous_due` is what is open on earlier invoices; `instead_of` a void one's number.

    `date_format`: how the customer has days written, as in self-care.
    """

    invoice_id: int
    customer_id: int
    customer_code: str
    number: str
    type: str
    is_void: bool
    instead_of: str
    issuer_name: str
    issuer_address: tuple[str, ...]
    addressee: tuple[str, ...]
    issued_on: date
    due_on: date
    period_from: date | None
    period_to: date | None
    currency: str
    title: str
    header: str
    footer: str
    columns: tuple[str, ...]
    sections: tuple[PaperSection, ...]
    taxes: tuple[PaperTax, ...]
    total: Decimal
    paid: Decimal
    previous_due: Decimal
    date_format: str

    @property
    def net(self) -> Decimal:
        """The total before the taxes that are put on top."""
        return self.total - sum((tax.amount for tax in self.taxes if tax.is_added), ZERO)

    @property
    def due(self) -> Decimal:
        """What is open on this very invoice; nothing on a void one, or where nothing is to be paid."""
        return ZERO if self.is_void else max(self.total - self.paid, ZERO)


@dataclass(frozen=True)
class InvoicePaper(Query[Paper]):
    """The invoice with its lines grouped by service; NotFound if this actor cannot see it.

    Name and address are masked for who may not see personal data.
    """

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    invoice_id: int

    def run(self, reader: Reader) -> Paper:
        row = _row(reader, self.invoice_id)
        return Paper(
            invoice_id=row.id,
            customer_id=row.customer_id,
            customer_code=row.customer_code,
            number=row.number,
            type=word(row.type),
            is_void=row.payment_status is PaymentStatus.VOID,
            instead_of=_replaced(reader, row.replaces_id),
            issuer_name=row.issuer_name or row.class_name,
            issuer_address=tuple(line.strip() for line in row.issuer_address.splitlines() if line.strip()),
            addressee=_addressee(reader, row),
            issued_on=row.issued_on,
            due_on=row.due_on,
            period_from=row.period_from,
            period_to=row.period_to,
            currency=row.currency,
            title=row.title or _TITLE,
            header=row.header or "",
            footer=row.footer or "",
            columns=tuple((row.columns or _ALL).split()),
            sections=_sections(reader, row),
            taxes=_taxes(reader, row.id),
            total=row.total,
            paid=row.paid,
            previous_due=_open_before(reader, row),
            date_format=row.date_format,
        )


_ADDRESS = ("address_line_1", "address_line_2", "postal_code", "city", "state")
_NAMES = ("company_name", "first_name", "last_name", "customer_code")


_TEMPLATE = case(
    (InvoicingSettings.invoices.is_not(None), InvoicingSettings.invoice_template_id),
    else_=CustomerClass.invoice_template_id,
)


def _row(reader: Reader, invoice_id: int) -> AnyRow:
    query = (
        visible(Invoice, reader.actor)
        .join(Customer, Customer.id == Invoice.customer_id)
        .join(CustomerClass, CustomerClass.id == Customer.customer_class_id)
        .outerjoin(InvoicingSettings, InvoicingSettings.customer_id == Customer.id)
        .outerjoin(SelfCare, SelfCare.customer_id == Customer.id)
        .outerjoin(InvoiceTemplate, InvoiceTemplate.id == _TEMPLATE)
        .where(Invoice.id == invoice_id)
        .with_only_columns(
            Invoice.id, Invoice.customer_id, Invoice.number, Invoice.type, Invoice.payment_status, Invoice.replaces_id,
            Invoice.issued_on, Invoice.due_on, Invoice.period_from, Invoice.period_to, Invoice.currency, Invoice.total,
            Invoice.paid, Customer.country, CustomerClass.issuer_name, CustomerClass.issuer_address,
            CustomerClass.name.label("class_name"), InvoiceTemplate.title, InvoiceTemplate.header,
            InvoiceTemplate.footer, InvoiceTemplate.columns,
            func.coalesce(SelfCare.output_date, CustomerClass.self_care_date).label("date_format"),
            *(getattr(Customer, name) for name in (*_ADDRESS, *_NAMES)),
        )
    )  # fmt: skip
    row = reader.session.execute(query).one_or_none()
    if row is None:
        raise NotFound(_CALLED)
    return row


def _replaced(reader: Reader, invoice_id: int | None) -> str:
    query = visible(Invoice, reader.actor).where(Invoice.id == invoice_id).with_only_columns(Invoice.number)
    return reader.session.scalar(query) or ""


def _addressee(reader: Reader, row: AnyRow) -> tuple[str, ...]:
    name = shown_name(reader.actor, **{field: getattr(row, field) for field in _NAMES})
    place = " ".join(part for part in (row.postal_code, row.city) if part)
    lines = [shown(line, reader.actor) for line in (row.address_line_1, row.address_line_2, place, row.state) if line]
    return (name, *lines, *([country_name(row.country)] if row.country else []))


def _sections(reader: Reader, invoice: AnyRow) -> tuple[PaperSection, ...]:
    query = (
        visible(InvoiceLine, reader.actor)
        .outerjoin(Transaction, Transaction.id == InvoiceLine.transaction_id)
        .where(InvoiceLine.invoice_id == invoice.id, Transaction.kind.is_distinct_from(Kind.TAX))
        .with_only_columns(
            InvoiceLine.transaction_id,
            InvoiceLine.service,
            InvoiceLine.says,
            InvoiceLine.amount,
            Transaction.value_on,
            Transaction.kind,
        )
        .order_by(InvoiceLine.transaction_id.is_(None), InvoiceLine.service, Transaction.value_on, InvoiceLine.id)
    )
    rows = reader.session.execute(query).all()
    if not rows:  # it came with a file, which told its total alone
        whole = PaperLine(invoice.issued_on, word(invoice.type), invoice.total)
        return (PaperSection(_WHOLE, invoice.total, (whole,)),)
    grouped = groupby(rows, key=_service)
    return tuple(_section(service, [_line(row) for row in own]) for service, own in grouped)


def _taxes(reader: Reader, invoice_id: int) -> tuple[PaperTax, ...]:
    query = visible(InvoiceTax, reader.actor).where(InvoiceTax.invoice_id == invoice_id).order_by(InvoiceTax.id)
    return tuple(
        PaperTax(_tax_label(row), row.base, row.amount, row.way is TaxWay.ADDED, row.way is TaxWay.EXEMPT)
        for row in reader.session.scalars(query)
    )


def _tax_label(row: InvoiceTax) -> str:
    return f"Exempt: {row.name}" if row.way is TaxWay.EXEMPT else Rate(row.name, row.percent).label


def _service(row: AnyRow) -> str:
    return row.service or (_ROUNDING if row.transaction_id is None else _OTHERS)


def _line(row: AnyRow) -> PaperLine:
    return PaperLine(row.value_on, _named(row.says, BOOKINGS[row.kind].label) if row.kind else row.says, row.amount)


def _named(comment: str, label: str) -> str:
    """What was booked, with the comment behind it."""
    return f"{label}: {comment}" if comment and label not in comment else comment or label


def _section(service: str, lines: list[PaperLine]) -> PaperSection:
    return PaperSection(service, sum((line.amount for line in lines), ZERO), tuple(lines))


def _open_before(reader: Reader, row: AnyRow) -> Decimal:
    earlier: ColumnElement[bool] = or_(
        Invoice.issued_on < row.issued_on, (Invoice.issued_on == row.issued_on) & (Invoice.id < row.id)
    )
    query = visible(Invoice, reader.actor).where(Invoice.customer_id == row.customer_id, Invoice.is_open, earlier)
    sums = query.with_only_columns(func.sum(Invoice.total), func.sum(Invoice.paid))
    total, paid = reader.session.execute(sums).one()
    return (total or ZERO) - (paid or ZERO)
