"""Invoices: bookings collected under a number without gaps. An invoice never changes the balance."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.exc import IntegrityError

from data_access.base.bookings import BOOKINGS, ON_DEMAND, Kind
from data_access.base.clock import day_in, overdue_from
from data_access.base.events import Event
from data_access.base.money import ZERO
from data_access.domain.billing.periods import Period
from data_access.domain.collections.dunning import due_day
from data_access.domain.notices import Fact, Notice
from data_access.models.classes.customer_classes import CustomerClass, NumberScope
from data_access.models.collection import CollectionPolicy
from data_access.models.customers import Customer
from data_access.models.money import (
    CollectionStatus,
    Invoice,
    InvoiceLine,
    InvoiceSeries,
    InvoiceType,
    PaymentStatus,
    Transaction,
)
from data_access.models.taxation import InvoiceTax
from data_access.services.ending import book_taxes, even_out_last
from data_access.services.facts.asking import InvoiceAmounts, asked
from data_access.services.facts.cases import terms_in_force
from data_access.services.facts.fees_of_customer import class_of
from data_access.services.facts.invoicing import number_scope, own_invoicing, sends_invoices
from data_access.services.facts.taxing import TaxPart
from data_access.services.outbox import ALWAYS, Valid, announce, notify
from data_access.services.settlement import after_issue
from data_access.store.unit_of_work import UnitOfWork

_LONGEST = 400
_SERVICES = {
    Kind.LATE_FEE: "Fees", Kind.REACTIVATION_FEE: "Fees", Kind.PROMOTIONAL_CREDIT: "Credits and promotions",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands at the head of an invoice beside the customer and the number.

    One that `replaces` another keeps its terms and its due day.
    """

    type: InvoiceType
    issued_on: date
    period: Period | None = None
    replaces: Invoice | None = None


def issue(work: UnitOfWork, customer: Customer, heading: Heading, bookings: Sequence[Transaction]) -> Invoice | None:
    """An invoice over the bookings, paid at once with what is unallocated.

    None when there is nothing to ask for, unless the class wants invoices of zero: the bookings wait for the next one.
    """
    of_class = class_of(work, customer)
    told = asked(work, customer, of_class, heading.type, bookings)
    if why_none(told, of_class, bookings):
        return None
    bookings = [
        *bookings,
        *book_taxes(work, customer, told, heading.issued_on),
        *even_out_last(work, customer, told.remainder_on, heading.issued_on),
    ]
    told = asked(work, customer, of_class, heading.type, bookings)
    own = own_invoicing(work, customer.id)
    number = _next_number(work, customer, number_scope(own, of_class))
    invoice = work.add(_invoice(work, customer, heading, told.total, number))
    work.session.add_all(_taxes(invoice, told.taxes))
    parts = {booking: number for number, part in enumerate(told.taxes, 1) for booking in part.bookings}
    work.session.add_all(_line(invoice, row, parts.get(row.id)) for row in bookings)
    work.session.add_all(
        InvoiceLine(customer_id=customer.id, invoice_id=invoice.id, service=service, says=says, amount=amount)
        for service, says, amount in told.lines()
    )
    work.session.flush()
    _announce(work, customer, invoice)
    if sends_invoices(own, of_class):
        send(work, customer, invoice)
    after_issue(work, customer)
    return invoice


def out_of_turn(free: Iterable[Transaction], ids: Collection[int]) -> list[Transaction]:
    """Those of the bookings that an invoice out of turn can hold."""
    return [row for row in free if row.id in ids and row.kind in ON_DEMAND]


def why_not_out_of_turn(chosen: Collection[Transaction], ids: Collection[int]) -> str:
    """Why not all that were asked for could be chosen, as a sentence; empty where they could."""
    if len(chosen) == len(set(ids)):
        return ""
    return (
        "Some of the bookings cannot be invoiced out of turn: only charges and credits made by hand that are not on "
        "an invoice can. Choose again."
    )


def why_none(told: InvoiceAmounts, of_class: CustomerClass, bookings: Sequence[Transaction]) -> str:
    """Why no invoice is issued over the bookings, as a sentence; empty where one is."""
    if not bookings and told.carried >= ZERO:
        return "There is nothing to invoice: every charge and credit is already on an invoice."
    if not (told.total or of_class.zero_invoices):
        return (
            "There is nothing to pay, and the customer class wants no invoices of zero: "
            "the charges and credits wait for the next invoice."
        )
    return ""


def _invoice(work: UnitOfWork, customer: Customer, heading: Heading, total: Decimal, number: str) -> Invoice:
    policy, due_on = _terms(work, customer, heading)
    return Invoice(
        customer_id=customer.id,
        policy_id=policy.id,
        number=number,
        type=heading.type,
        replaces_id=heading.replaces and heading.replaces.id,
        period_from=heading.period and heading.period.first,
        period_to=heading.period and heading.period.last,
        issued_on=heading.issued_on,
        due_on=due_on,
        overdue_from=overdue_from(due_on, customer.billing_zone),
        currency=customer.currency,
        total=total,
        paid=ZERO,
        payment_status=PaymentStatus.UNPAID if total > ZERO else PaymentStatus.DO_NOT_PAY,
        collection_status=CollectionStatus.COLLECT,
    )


def _terms(work: UnitOfWork, customer: Customer, heading: Heading) -> tuple[CollectionPolicy, date]:
    if heading.replaces is not None:
        same = work.select(CollectionPolicy).where(CollectionPolicy.id == heading.replaces.policy_id)
        return work.session.scalars(same).one(), heading.replaces.due_on
    policy = terms_in_force(
        work.session, work.actor, of_class=customer.customer_class_id, of_type=heading.type, at=work.now
    )
    return policy, due_day(heading.issued_on, day_in(customer.billing_zone, work.now), policy.net_days)


def _taxes(invoice: Invoice, parts: Iterable[TaxPart]) -> Iterator[InvoiceTax]:
    """As they are now: the invoice keeps them, whatever becomes of the profile."""
    for number, part in enumerate(parts, 1):
        for tax in part.taxes:
            yield InvoiceTax(
                customer_id=invoice.customer_id, invoice_id=invoice.id, part=number, way=tax.way, name=tax.rate.name,
                percent=tax.rate.percent, base=tax.base, amount=tax.amount,
            )  # fmt: skip


def _line(invoice: Invoice, row: Transaction, tax_part: int | None) -> InvoiceLine:
    return InvoiceLine(
        customer_id=row.customer_id,
        invoice_id=invoice.id,
        transaction_id=row.id,
        service=row.service or _SERVICES.get(row.kind, BOOKINGS[row.kind].label),
        says=(row.visible_comment or BOOKINGS[row.kind].label)[:_LONGEST],
        amount=row.amount,
        tax_part=tax_part,
    )


def _next_number(work: UnitOfWork, customer: Customer, scope: NumberScope) -> str:
    """The next number of the series; the row stays locked until the invoice stands, so that none is lost.

    One that the customer brought along from another desk is left out.
    """
    name, prefix = _series(customer, scope)
    series = _locked(work, name) or _begun(work, name)
    number = ""
    while not number or _has(work, customer, number):
        series.last += 1
        number = f"{prefix}{series.last:08}"
    return number


def _has(work: UnitOfWork, customer: Customer, number: str) -> bool:
    same = work.select(Invoice).where(Invoice.customer_id == customer.id, Invoice.number == number)
    return work.session.scalar(same.with_only_columns(Invoice.id)) is not None


def _series(customer: Customer, scope: NumberScope) -> tuple[str, str]:
    match scope:
        case NumberScope.ENVIRONMENT:
            return "environment", ""
        case NumberScope.RESELLER:
            return f"reseller {customer.reseller_id or 'none'}", f"R{customer.reseller_id or 0}-"
        case NumberScope.CUSTOMER:
            return f"customer {customer.id}", f"C{customer.id}-"


def _locked(work: UnitOfWork, name: str) -> InvoiceSeries | None:
    query = work.select(InvoiceSeries).where(InvoiceSeries.scope == name).with_for_update()
    return work.session.scalar(query.execution_options(populate_existing=True))


def _begun(work: UnitOfWork, name: str) -> InvoiceSeries:
    """The series with its first row; the one of another transaction, where that was quicker."""
    try:
        with work.session.begin_nested():
            return work.add(InvoiceSeries(scope=name, last=0))
    except IntegrityError:
        begun = _locked(work, name)
        if begun is None:
            raise
        return begun


def _announce(work: UnitOfWork, customer: Customer, invoice: Invoice) -> None:
    announce(
        work, customer, Event.INVOICE_NEW, invoice_id=invoice.id, number=invoice.number, type=invoice.type.value,
        total=invoice.total, due_on=invoice.due_on, status=invoice.payment_status.value,
    )  # fmt: skip


def send(work: UnitOfWork, customer: Customer, invoice: Invoice, *, again: str = "") -> None:
    """Tells the customer by e-mail, once; `again` makes it another time."""
    asks: dict[str, Fact] = {"amount": invoice.total, "due_on": invoice.due_on} if invoice.total else {}
    notice = Notice.INVOICE_ISSUED if invoice.total else Notice.NOTHING_TO_PAY
    valid = ALWAYS if again else Valid(open_invoice=invoice.id)
    key = f"invoice/{invoice.id}{again and f'/{again}'}"
    notify(work, customer, notice, key=key, valid=valid, number=invoice.number, **asks)
