"""The ledger: a booking moves the balance, a payment settles the oldest invoices, lateness follows."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from data_access.base.bookings import BOOKINGS, Kind
from data_access.base.errors import Rejected
from data_access.base.money import ZERO
from data_access.base.permissions import SYSTEM
from data_access.base.statuses import BillStatus, SuspensionCause
from data_access.domain.billing.recurring_fees import Fee
from data_access.domain.collections.dunning import InvoiceCase
from data_access.domain.collections.pacing import due
from data_access.domain.lifecycle import facts_of
from data_access.domain.moves import MOVES
from data_access.models.customers import Customer
from data_access.models.money import Allocation, Invoice, Transaction
from data_access.services.allocating import (
    allocate,
    open_invoices,
    take_back,
    unused_payments,
    use_money,
    use_on,
)
from data_access.services.collection_threshold import pursue
from data_access.services.entering import Charged, Texts, book_all
from data_access.services.facts.cases import terms_of_suspension
from data_access.services.facts.fees_of_customer import fees_to_resume, waits_for_funds
from data_access.services.facts.reversing import why_not_taken_back
from data_access.services.lateness import charge_fee, forgive, paid_in_time, take_overdue
from data_access.services.promising import match, unmatch
from data_access.services.status_changes import carry_out, own_cases, system_terms, visit_next
from data_access.store.unit_of_work import UnitOfWork

_NOT_OVERDUE = "Nothing is overdue any more."


def settle(work: UnitOfWork, customer: Customer, payment: Transaction, *, onto: Invoice | None = None) -> None:
    """Pays the oldest unpaid invoices with a payment; what is left stays unallocated. Ends the suspension if due.

    `onto`: the invoice that it is about, which is paid before the others.

    Invoices that are late by now become overdue first: a payment some hours later does not undo that. One whose value
    date is in time does: such an invoice was never late.
    """
    late, unpaid = due(own_cases(work, customer), facts_of(customer), work.now), open_invoices(work, customer)
    is_alone = not customer.unallocated
    customer.unallocated += -payment.amount
    paid = set[Invoice]()
    if onto is not None and onto.is_open:
        use_on(work, customer, payment, onto)
        paid.add(onto)
    used = use_money(work, customer, _open(unpaid), payment if is_alone else None)
    paid |= {share.bill for share in used if share.payment == payment.id}
    in_time = paid_in_time(work, customer, payment, paid)
    spared = {invoice.id for invoice in in_time}
    take_overdue(work, customer, (one for one in late if one.bill.invoice_id not in spared))
    forgive(work, customer, in_time)
    match(work, customer, payment)
    _keep(work, customer, _open(unpaid))
    rejudge(work, customer, is_paid=BOOKINGS[payment.kind].is_received, costs_fee=not paid or len(in_time) < len(paid))
    resume_with_funds(work, customer)


def become_overdue(work: UnitOfWork, customer: Customer, cases: Sequence[InvoiceCase]) -> None:
    """Writes down the invoices that have become overdue, each once, and books the late fee of its terms."""
    take_overdue(work, customer, due(cases, facts_of(customer), work.now))


def after_issue(work: UnitOfWork, customer: Customer) -> None:
    """Pays a new invoice with the payments that are not used up, and brings the customer in step with it."""
    _use_all(work, customer)
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
    obstacle = why_not_taken_back(work, payment)
    if obstacle:
        raise Rejected(obstacle)
    take_back(work, customer, Allocation.payment_id == payment.id)
    customer.unallocated -= -payment.amount
    unmatch(work, customer, payment)
    _use_all(work, customer)


def free(work: UnitOfWork, customer: Customer, invoice: Invoice) -> None:
    """Takes what was paid on an invoice that is void now back to what is unallocated."""
    become_overdue(work, customer, own_cases(work, customer))
    take_back(work, customer, Allocation.invoice_id == invoice.id)
    refresh(work, customer)


def release(work: UnitOfWork, customer: Customer, invoice: Invoice) -> None:
    """Frees what was paid on an invoice that is void now, and its late fee; other open invoices are paid with it."""
    free(work, customer, invoice)
    forgive(work, customer, [invoice])
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


def _use_all(work: UnitOfWork, customer: Customer) -> None:
    unpaid = open_invoices(work, customer)
    use_money(work, customer, unpaid)
    _keep(work, customer, _open(unpaid))


def _open(invoices: Iterable[Invoice]) -> list[Invoice]:
    return [invoice for invoice in invoices if invoice.is_open]


def refresh(work: UnitOfWork, customer: Customer) -> None:
    """Brings what is collected, outstanding, the first moment of being late and the next visit up to date."""
    _keep(work, customer, open_invoices(work, customer))


def _keep(work: UnitOfWork, customer: Customer, unpaid: Sequence[Invoice]) -> None:
    """The same where the open invoices are known."""
    pursue(work, unpaid)
    collected = [invoice.overdue_from for invoice in unpaid if invoice.is_dunned]
    customer.outstanding = sum((invoice.open for invoice in unpaid), ZERO)
    customer.first_overdue_from = min(collected, default=None)
    visit_next(work, customer)


def rejudge(work: UnitOfWork, customer: Customer, *, is_paid: bool = False, costs_fee: bool = True) -> bool:
    """Ends limitation and suspension, as a move of the system, when nothing is overdue any more.

    Service that comes back without a payment costs no fee, and leaves the days for which it can be lifted used up. A
    suspension for insufficient funds ends by funds, not here.
    """
    if customer.is_overdue(work.now):
        return False
    if customer.suspension_cause is SuspensionCause.COLLECTION:
        fee = terms_of_suspension(work.session, work.actor, customer).reactivation_fee
        _end(work, customer, "resume", is_paid=is_paid)
        if is_paid and costs_fee and fee > 0:
            charge_fee(work, customer, Kind.REACTIVATION_FEE, fee, "End of the suspension")
        return True
    if customer.bill_status is BillStatus.OPEN and (customer.service_limited or customer.limitation_lifted_until):
        _end(work, customer, "end_limitation", is_paid=is_paid)
        return True
    if customer.bill_status is BillStatus.OPEN and is_paid:
        customer.first_lifted_on = None
    return False


def _end(
    work: UnitOfWork,
    customer: Customer,
    move: str,
    *,
    reason: str = "Nothing is overdue any more.",
    is_paid: bool = True,
) -> None:
    terms = replace(system_terms(work, customer), is_paid=is_paid)
    carry_out(work, customer, MOVES[move], terms, reason=reason, login=SYSTEM.login)


def resume_with_funds(work: UnitOfWork, customer: Customer, *, with_credits: bool = False) -> bool:
    """Ends a suspension for insufficient funds when they cover what is charged in advance, and charges it."""
    if not waits_for_funds(customer) or customer.is_overdue(work.now):
        return False
    fees = fees_to_resume(work, customer, with_credits=with_credits)
    if fees is None:
        return False
    _end(work, customer, "resume", reason="The funds cover the fees.")
    book_fees(work, customer, fees)
    return True


def book_fees(work: UnitOfWork, customer: Customer, fees: Iterable[Fee]) -> None:
    """Books recurring fees and credits, and marks until when each subscription or number is charged."""
    charged = list[Charged]()
    for fee in fees:
        if fee.amount > ZERO:
            texts = Texts(service=fee.service, reference=fee.reference, visible_comment=fee.says)
            charged.append(Charged(customer, fee.kind, fee.amount, fee.value_on, texts))
        if fee.charged_until is not None:
            fee.row.charged_until = fee.charged_until
    book_all(work, charged)
