"""Invoices: bookings brought together under a number that leaves no gap. An invoice never changes the balance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.exc import IntegrityError

from data_access.announcing import announce, notify
from data_access.bookings import BOOKINGS, Kind
from data_access.cases import terms_in_force
from data_access.clock import day_in, overdue_from
from data_access.dunning import due_day
from data_access.errors import Rejected
from data_access.fees import rounded
from data_access.fees_due import Looks
from data_access.models.customers import Customer, CustomerClass, NumberScope
from data_access.models.money import (
    CollectionStatus,
    Invoice,
    InvoiceLine,
    InvoiceSeries,
    InvoiceType,
    PaymentStatus,
    Transaction,
)
from data_access.money import ZERO, decimals_of
from data_access.notices import Event, Notice
from data_access.periods import Period
from data_access.scope import visible
from data_access.settlement import after_issue, release
from data_access.unit_of_work import UnitOfWork

_INVOICED = tuple(row.kind for row in BOOKINGS.values() if row.invoiced)
ON_DEMAND = (Kind.MANUAL_CHARGE, Kind.MANUAL_CREDIT, Kind.PROMOTIONAL_CREDIT)
CARRIED = "Carried over"
_LONGEST = 400
_SERVICES = {
    Kind.LATE_FEE: "Fees", Kind.REACTIVATION_FEE: "Fees", Kind.PROMOTIONAL_CREDIT: "Credits and promotions",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Heading:
    """What stands at the head of an invoice beside the customer and the number."""

    type: InvoiceType
    issued_on: date
    period: Period | None = None
    replaces_id: int | None = None


def free_bookings(look: Looks, customer_id: int) -> list[Transaction]:
    """The bookings that stand on no invoice yet, by value date.

    Those reversed before they did are left out, and so is usage that quotas cover whole: nothing is asked for it.
    """
    standing = (
        visible(InvoiceLine, look.actor)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(InvoiceLine.customer_id == customer_id, InvoiceLine.transaction_id.is_not(None))
        .where(Invoice.payment_status != PaymentStatus.VOID)
        .with_only_columns(InvoiceLine.transaction_id)
    )
    asked = (
        visible(Transaction, look.actor)
        .where(Transaction.customer_id == customer_id, Transaction.kind.in_(_INVOICED))
        .where(Transaction.id.not_in(standing), Transaction.amount != ZERO)
    )
    found = look.session.scalars(asked.order_by(Transaction.value_on, Transaction.id)).all()
    ids = {row.id for row in found}
    cancelled = {row.reverses_id for row in found if row.reverses_id in ids}
    return [row for row in found if row.id not in cancelled and (row.reverses_id or 0) not in cancelled]


def issue(work: UnitOfWork, customer: Customer, heading: Heading, bookings: Sequence[Transaction]) -> Invoice | None:
    """An invoice over the bookings, paid at once with what is unallocated; None when there is nothing to invoice."""
    if not bookings:
        return None
    of_class = _class_of(work, customer)
    booked, carried = sum((row.amount for row in bookings), ZERO), _carried(work, customer, heading.type)
    asked = asked_for(booked - carried, of_class, customer.currency)
    number = _next_number(work, customer, of_class.number_scope)
    invoice = work.add(_invoice(work, customer, heading, asked.total, number))
    work.session.add_all(_line(invoice, row) for row in bookings)
    beside = (
        (CARRIED, "From earlier invoices", -carried),
        (CARRIED, "To the next invoice", asked.carried_on),
        ("", "Rounding", asked.rounding),
    )
    work.session.add_all(
        InvoiceLine(customer_id=customer.id, invoice_id=invoice.id, service=service, says=says, amount=amount)
        for service, says, amount in beside
        if amount
    )
    work.session.flush()
    _tell(work, customer, invoice)
    after_issue(work, customer)
    return invoice


def _invoice(work: UnitOfWork, customer: Customer, heading: Heading, total: Decimal, number: str) -> Invoice:
    policy = terms_in_force(
        work.session, work.actor, of_class=customer.customer_class_id, of_type=heading.type, at=work.now
    )
    due_on = due_day(heading.issued_on, day_in(customer.billing_zone, work.now), policy.net_days)
    due = customer.outstanding + total - customer.unallocated  # small amounts add up until they are worth collecting
    too_small = policy.threshold > ZERO and due <= policy.threshold
    return Invoice(
        customer_id=customer.id,
        policy_id=policy.id,
        number=number,
        type=heading.type,
        replaces_id=heading.replaces_id,
        period_from=heading.period and heading.period.first,
        period_to=heading.period and heading.period.last,
        issued_on=heading.issued_on,
        due_on=due_on,
        overdue_from=overdue_from(due_on, customer.billing_zone),
        currency=customer.currency,
        total=total,
        paid=ZERO,
        payment_status=PaymentStatus.UNPAID if total > ZERO else PaymentStatus.DO_NOT_PAY,
        collection_status=CollectionStatus.DO_NOT_COLLECT if too_small else CollectionStatus.COLLECT,
    )


def _line(invoice: Invoice, row: Transaction) -> InvoiceLine:
    return InvoiceLine(
        customer_id=row.customer_id,
        invoice_id=invoice.id,
        transaction_id=row.id,
        service=row.service or _SERVICES.get(row.kind, BOOKINGS[row.kind].label),
        says=(row.visible_comment or BOOKINGS[row.kind].label)[:_LONGEST],
        amount=row.amount,
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What an invoice asks for, and what it takes to come to it from the exact sum."""

    total: Decimal
    rounding: Decimal
    carried_on: Decimal


def asked_for(exact: Decimal, of_class: CustomerClass, currency: str) -> Asked:
    """The exact sum at the precision of the class, or of the currency where it has none.

    Credits above the charges ask for nothing: the rest comes off the next invoice.
    """
    if exact < ZERO:
        return Asked(ZERO, ZERO, -exact)
    places = decimals_of(currency) if of_class.rounding_decimals is None else of_class.rounding_decimals
    total = rounded(exact, of_class.rounding, places)
    return Asked(total, total - exact, ZERO)


def _carried(work: UnitOfWork, customer: Customer, of_type: InvoiceType) -> Decimal:
    """The credit that invoices left for the next one; below zero when the one that left it is void since it was used.

    An invoice out of turn holds what was chosen for it and takes none.
    """
    if of_type is InvoiceType.OUT_OF_TURN:
        return ZERO
    lines = (
        work.select(InvoiceLine)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(InvoiceLine.customer_id == customer.id, InvoiceLine.service == CARRIED)
        .where(InvoiceLine.transaction_id.is_(None), Invoice.payment_status != PaymentStatus.VOID)
    )
    return sum(work.session.scalars(lines.with_only_columns(InvoiceLine.amount)), ZERO)


def _class_of(work: UnitOfWork, customer: Customer) -> CustomerClass:
    return work.session.scalars(work.select(CustomerClass).where(CustomerClass.id == customer.customer_class_id)).one()


def _next_number(work: UnitOfWork, customer: Customer, scope: NumberScope) -> str:
    """The next number of the series; the row stays locked until the invoice stands, so that none is lost."""
    name, prefix = _series(customer, scope)
    series = _locked(work, name) or _begun(work, name)
    series.last += 1
    return f"{prefix}{series.last:08}"


def _series(customer: Customer, scope: NumberScope) -> tuple[str, str]:
    match scope:
        case NumberScope.ENVIRONMENT:
            return "environment", ""
        case NumberScope.RESELLER:
            return f"reseller {customer.reseller_id or 'none'}", f"R{customer.reseller_id or 0}-"
        case NumberScope.CUSTOMER:
            return f"customer {customer.id}", f"C{customer.id}-"


def _locked(work: UnitOfWork, name: str) -> InvoiceSeries | None:
    asked = work.select(InvoiceSeries).where(InvoiceSeries.scope == name).with_for_update()
    return work.session.scalar(asked.execution_options(populate_existing=True))


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


def _tell(work: UnitOfWork, customer: Customer, invoice: Invoice) -> None:
    announce(
        work, customer, Event.INVOICE_NEW, invoice_id=invoice.id, number=invoice.number, type=invoice.type.value,
        total=invoice.total, due_on=invoice.due_on, status=invoice.payment_status.value,
    )  # fmt: skip
    notify(
        work, customer, Notice.INVOICE_ISSUED, key=f"invoice/{invoice.id}", number=invoice.number,
        amount=invoice.total, due_on=invoice.due_on,
    )  # fmt: skip


def void(work: UnitOfWork, customer: Customer, invoice: Invoice) -> None:
    """Cancels an invoice: it keeps its number, what was paid on it pays others, its bookings can be invoiced again.

    Rejected for one that is void already, or that came without bookings: it could never be invoiced again.
    """
    if invoice.payment_status is PaymentStatus.VOID:
        raise Rejected(f"Invoice {invoice.number} is void already.")
    if not covered(work, invoice):
        raise Rejected(
            f"Invoice {invoice.number} came from outside, without bookings that could be invoiced again: "
            "book a credit or a write-off instead."
        )
    invoice.payment_status, invoice.voided_at = PaymentStatus.VOID, work.now
    announce(
        work, customer, Event.INVOICE_STATUS, invoice_id=invoice.id, number=invoice.number,
        status=invoice.payment_status.value, paid=ZERO, total=invoice.total,
    )  # fmt: skip
    release(work, customer, invoice)


def covered(work: UnitOfWork, invoice: Invoice) -> set[int]:
    """The bookings that stand on an invoice."""
    lines = work.select(InvoiceLine).where(
        InvoiceLine.invoice_id == invoice.id, InvoiceLine.transaction_id.is_not(None)
    )
    return {row for row in work.session.scalars(lines.with_only_columns(InvoiceLine.transaction_id)) if row}
