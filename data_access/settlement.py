"""The ledger at work: a booking moves the balance, a payment settles the oldest invoices, what is late follows."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from data_access.allocating import (
    allocate,
    open_invoices,
    standing_allocations,
    take_back,
    unused_payments,
    use_money,
)
from data_access.bookings import Kind
from data_access.cases import terms_of_suspension
from data_access.clock import day_in
from data_access.dunning import STAGES, Case, Due
from data_access.entering import Texts, book
from data_access.errors import Rejected
from data_access.fees_due import fees_to_resume, waits_for_funds
from data_access.lifecycle import BillStatus, SuspensionCause
from data_access.models.collection import CollectionStep, Step
from data_access.models.customers import Customer
from data_access.models.money import Allocation, CollectionStatus, Invoice, Transaction
from data_access.money import ZERO
from data_access.moves import MOVES
from data_access.pacing import due
from data_access.permissions import SYSTEM
from data_access.promising import match, unmatch
from data_access.pursuit import pursue_again, pursue_less
from data_access.recurring import Fee
from data_access.status_changes import carry_out, facts_of, is_overdue, own_cases, system_terms, visit_next
from data_access.unit_of_work import UnitOfWork


def settle(work: UnitOfWork, customer: Customer, payment: Transaction) -> None:
    """Pays the oldest unpaid invoices with a payment; what is left stays unallocated. Ends the suspension if due.

    Invoices that are late by now become overdue first: a payment some hours later does not undo that.
    """
    become_overdue(work, customer, own_cases(work, customer))
    customer.unallocated += -payment.amount
    use_money(work, customer)
    match(work, customer, payment)
    pursue_less(work, customer)
    refresh(work, customer)
    rejudge(work, customer)
    resume_with_funds(work, customer)


def become_overdue(work: UnitOfWork, customer: Customer, cases: Sequence[Case]) -> None:
    """Writes down the invoices that have become overdue, each once, and books the late fee of its terms."""
    take_overdue(work, customer, due(cases, facts_of(customer), work.now))


def take_overdue(work: UnitOfWork, customer: Customer, steps: Iterable[Due]) -> None:
    """Of the steps that are due, those by which an invoice becomes overdue."""
    for one in steps:
        if one.step is Step.OVERDUE:
            record(work, customer, one)
            if one.bill.policy.late_fee > 0 and one.bill.overdue_from >= customer.created_at:
                _fee(work, customer, Kind.LATE_FEE, one.bill.policy.late_fee, f"Invoice {one.bill.number}")


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


def _fee(work: UnitOfWork, customer: Customer, kind: Kind, fee: Decimal, about: str) -> None:
    today = day_in(customer.billing_zone, work.now)
    book(work, customer, kind, fee, value_on=today, texts=Texts(visible_comment=about))


def after_issue(work: UnitOfWork, customer: Customer) -> None:
    """Pays a new invoice with the payments that are not used up, and brings the customer in step with it."""
    use_money(work, customer)
    refresh(work, customer)
    rejudge(work, customer)


def receive(work: UnitOfWork, customer: Customer, payment: Transaction) -> None:
    """Pays open invoices with money that nobody paid in: it keeps no promise. What is left stays unallocated."""
    become_overdue(work, customer, own_cases(work, customer))
    customer.unallocated += -payment.amount
    after_issue(work, customer)


def unsettle(work: UnitOfWork, customer: Customer, payment: Transaction) -> None:
    """Takes back what a payment paid, the last first, and the payment out of the unallocated ones: it counts no more.

    Rejected when part of it was refunded. The opposite booking is the caller's, before or after.
    """
    mine = Allocation.payment_id == payment.id
    if standing_allocations(work, customer, mine & Allocation.refund_id.is_not(None)):
        raise Rejected("Part of this payment was refunded: reverse the refund first.")
    pursue_again(work, customer, take_back(work, customer, mine))
    customer.unallocated -= -payment.amount
    unmatch(work, customer, payment)
    use_money(work, customer)
    refresh(work, customer)


def release(work: UnitOfWork, customer: Customer, invoice: Invoice) -> None:
    """Frees what was paid on an invoice that is void now; other open invoices are paid with it."""
    become_overdue(work, customer, own_cases(work, customer))
    take_back(work, customer, Allocation.invoice_id == invoice.id)
    after_issue(work, customer)


def recover(work: UnitOfWork, customer: Customer, refund: Transaction) -> None:
    """Puts the money of a reversed refund back to the payments it came from; open invoices are paid with it."""
    become_overdue(work, customer, own_cases(work, customer))
    take_back(work, customer, Allocation.refund_id == refund.id)
    after_issue(work, customer)


def give_back(work: UnitOfWork, customer: Customer, refund: Transaction) -> None:
    """Takes a refund out of the payments that are not used up, the oldest first."""
    money = refund.amount
    for payment_id, free in unused_payments(work, customer):
        part = min(money, free)
        if part > 0:
            allocate(work, customer, payment_id, part, refund_id=refund.id)
            money -= part


def refresh(work: UnitOfWork, customer: Customer) -> None:
    """Brings outstanding, the first moment of being late and the next visit of collection in step with the invoices."""
    unpaid = open_invoices(work, customer)
    collected = [invoice.overdue_from for invoice in unpaid if invoice.collection_status is CollectionStatus.COLLECT]
    customer.outstanding = sum((invoice.total - invoice.paid for invoice in unpaid), ZERO)
    customer.first_overdue_from = min(collected, default=None)
    visit_next(work, customer)


def rejudge(work: UnitOfWork, customer: Customer) -> bool:
    """Ends limitation and suspension, as a move of the system, when nothing is overdue any more.

    A suspension for insufficient funds ends by funds, not here.
    """
    if is_overdue(customer, work.now):
        return False
    if customer.suspension_cause is SuspensionCause.COLLECTION:
        policy = terms_of_suspension(work.session, work.actor, customer)
        _end(work, customer, "resume")
        if policy.reactivation_fee > 0:
            _fee(work, customer, Kind.REACTIVATION_FEE, policy.reactivation_fee, "End of the suspension")
        return True
    if customer.bill_status is BillStatus.OPEN and (customer.service_limited or customer.limitation_lifted_until):
        _end(work, customer, "end_limitation")
        return True
    return False


def _end(work: UnitOfWork, customer: Customer, move: str, reason: str = "Nothing is overdue any more.") -> None:
    carry_out(work, customer, MOVES[move], system_terms(work, customer), reason=reason, login=SYSTEM.login)


def resume_with_funds(work: UnitOfWork, customer: Customer, *, with_credits: bool = False) -> bool:
    """Ends a suspension for insufficient funds when they cover what is charged in advance, and charges it."""
    if not waits_for_funds(customer) or is_overdue(customer, work.now):
        return False
    fees = fees_to_resume(work, customer, with_credits=with_credits)
    if fees is None:
        return False
    _end(work, customer, "resume", reason="The funds cover the fees.")
    book_fees(work, customer, fees)
    return True


def book_fees(work: UnitOfWork, customer: Customer, fees: Iterable[Fee]) -> None:
    """Books recurring fees and credits, and marks until when each subscription or number is charged."""
    for fee in fees:
        if fee.amount > ZERO:
            texts = Texts(service=fee.service, reference=fee.reference, visible_comment=fee.says)
            book(work, customer, fee.kind, fee.amount, value_on=fee.value_on, texts=texts)
        if fee.charged_until is not None:
            fee.row.charged_until = fee.charged_until
