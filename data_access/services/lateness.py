"""Lateness: invoices that become overdue with their fee, and the fee returned if it was not due."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from sqlalchemy import Select

from data_access.base.bookings import PENALTIES, Kind
from data_access.base.clock import day_in
from data_access.domain.collections.dunning import STAGES, Due
from data_access.models.collection import CollectionStep, Step
from data_access.models.customers import Customer
from data_access.models.money import Allocation, Invoice, InvoiceLine, PaymentStatus, Transaction
from data_access.services.allocating import standing_allocations
from data_access.services.entering import Texts, book, reverse
from data_access.services.facts.fees_of_customer import class_of
from data_access.store.unit_of_work import UnitOfWork


def take_overdue(work: UnitOfWork, customer: Customer, steps: Iterable[Due]) -> None:
    """Of the steps that are due, those by which an invoice becomes overdue; each books the late fee of its terms."""
    for one in steps:
        if one.step is Step.OVERDUE:
            record(work, customer, one)
            fee, is_ours = one.bill.policy.late_fee, one.bill.overdue_from >= customer.created_at
            if fee > 0 and is_ours and _may_cost_a_fee(work, customer, one.bill.invoice_id):
                charge_fee(work, customer, Kind.LATE_FEE, fee, _about(one.bill.number))


def _may_cost_a_fee(work: UnitOfWork, customer: Customer, invoice_id: int) -> bool:
    """Fees beget no fees, unless the class says so: an invoice of nothing else costs none."""
    if class_of(work, customer).fees_on_fees:
        return True
    lines = (
        work.select(InvoiceLine)
        .join(Transaction, Transaction.id == InvoiceLine.transaction_id)
        .where(InvoiceLine.invoice_id == invoice_id)
        .with_only_columns(Transaction.kind)
        .distinct()
    )
    kinds = set(work.session.scalars(lines))
    return not kinds or bool(kinds - PENALTIES)


def record(work: UnitOfWork, customer: Customer, one: Due) -> None:
    """Writes down that a step was taken; of those that are told of, once about an invoice."""
    dated = one.dated
    if dated.step in STAGES or (dated.step, dated.days) not in one.case.taken:
        work.session.add(
            CollectionStep(
                customer_id=customer.id, invoice_id=one.bill.invoice_id, command_id=work.order.command_id,
                step=dated.step, days=dated.days, due_at=dated.at, at=work.now,
            )
        )  # fmt: skip


def charge_fee(work: UnitOfWork, customer: Customer, kind: Kind, fee: Decimal, about: str) -> None:
    """Books a fee of collection today."""
    today = day_in(customer.billing_zone, work.now)
    book(work, customer, kind, fee, value_on=today, texts=Texts(visible_comment=about))


def _about(number: str) -> str:
    return f"Invoice {number}"


def paid_in_time(work: UnitOfWork, customer: Customer, payment: Transaction, paid: Iterable[Invoice]) -> list[Invoice]:
    """Of the invoices that got money of a payment, those that are paid up, none of it later than their due day.

    The value date counts, not the day on which the payment was entered (ruling 51).
    """
    in_time = (one for one in paid if payment.value_on <= one.due_on and _is_paid_by_its_day(work, customer, one))
    return sorted(in_time, key=lambda one: one.id)


def _is_paid_by_its_day(work: UnitOfWork, customer: Customer, invoice: Invoice) -> bool:
    if invoice.payment_status is not PaymentStatus.PAID:
        return False
    payments = {use.payment_id for use in standing_allocations(work, customer, Allocation.invoice_id == invoice.id)}
    later = work.select(Transaction).where(Transaction.id.in_(payments), Transaction.value_on > invoice.due_on)
    return work.session.scalars(later.limit(1)).first() is None


def forgive(work: UnitOfWork, customer: Customer, invoices: Iterable[Invoice]) -> None:
    """Takes back the late fees that stand for these invoices: they were paid in time, or should never have been."""
    for invoice in invoices:
        standing = _late_fees(work, customer, invoice).where(Transaction.unreversed())
        for fee in work.session.scalars(standing).all():
            take_back_fee(work, customer, fee)


def take_back_fee(work: UnitOfWork, customer: Customer, fee: Transaction) -> None:
    """Books the opposite of a fee of collection."""
    today = day_in(customer.billing_zone, work.now)
    texts = Texts(fee.service, fee.reference, f"Reversal: {fee.visible_comment}")
    reverse(work, customer, fee, value_on=today, texts=texts)


def charge_again(work: UnitOfWork, customer: Customer, old: Invoice, new: Invoice) -> None:
    """Books the late fee that was taken back with a void invoice again: the one issued in its place is as late.

    Once, however many were issued in its place.
    """
    fees = work.session.scalars(_late_fees(work, customer, old)).all()
    again = _fees_about(work, customer, _in_place_of(work, customer, old)).where(Transaction.unreversed())
    if fees and not work.session.scalars(again).all():
        charge_fee(work, customer, Kind.LATE_FEE, fees[-1].amount, _about(new.number))


def undo_what_followed(work: UnitOfWork, customer: Customer, payment: Transaction) -> None:
    """The fee for the service that a payment brought back, and late fees that it had spared: as if it never came."""
    beside = work.select(Transaction).where(
        Transaction.customer_id == customer.id,
        Transaction.command_id == payment.command_id,
        Transaction.kind.in_(PENALTIES),
    )
    rows = work.session.execute(beside.order_by(Transaction.id).add_columns(Transaction.unreversed())).all()
    for fee, is_unreversed in rows:
        if fee.kind is Kind.REACTIVATION_FEE and is_unreversed:
            take_back_fee(work, customer, fee)
    for spared, _ in rows:
        if spared.kind is Kind.LATE_FEE and spared.reverses_id is not None:
            about = spared.visible_comment.removeprefix("Reversal: ")
            charge_fee(work, customer, Kind.LATE_FEE, -spared.amount, about)


def _late_fees(work: UnitOfWork, customer: Customer, invoice: Invoice) -> Select[Transaction]:
    """The late fees booked for an invoice, or for one that it was issued in place of."""
    return _fees_about(work, customer, _numbers(work, invoice))


def _fees_about(work: UnitOfWork, customer: Customer, numbers: Iterable[str]) -> Select[Transaction]:
    about = [_about(number) for number in numbers]
    mine = work.select(Transaction).where(
        Transaction.customer_id == customer.id,
        Transaction.kind == Kind.LATE_FEE,
        Transaction.takes_nothing_back(),
        Transaction.visible_comment.in_(about),
    )
    return mine.order_by(Transaction.id)


def _numbers(work: UnitOfWork, invoice: Invoice | None) -> Iterator[str]:
    while invoice is not None:
        yield invoice.number
        older = work.select(Invoice).where(Invoice.id == invoice.replaces_id)
        invoice = work.session.scalars(older).one_or_none()


def _in_place_of(work: UnitOfWork, customer: Customer, old: Invoice) -> list[str]:
    """The numbers of an invoice, of those that it was issued in place of, and of all that came in place of these."""
    mine = work.select(Invoice).where(Invoice.customer_id == customer.id)
    numbers = set(_numbers(work, old))
    family = dict[int, str]()
    for row in work.session.execute(
        mine.with_only_columns(Invoice.id, Invoice.replaces_id, Invoice.number).order_by(Invoice.id)
    ):
        if row.number in numbers or row.replaces_id in family:
            family[row.id] = row.number
    return list(family.values())
