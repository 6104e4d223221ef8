"""Invoices on demand: midterm, out of turn, initial; void ones, and those issued in their place."""

from dataclasses import dataclass
from typing import ClassVar, NoReturn

from data_access.base.clock import day_in
from data_access.base.errors import NotFound, Rejected
from data_access.base.permissions import Permission
from data_access.base.statuses import INVOICED_ON_REQUEST, BillStatus
from data_access.domain.billing.periods import Period
from data_access.models.customers import Customer
from data_access.models.history import InvoiceRequest, RequestState
from data_access.models.money import Invoice, InvoiceType, PaymentStatus, Transaction
from data_access.services.billing.invoicing import Heading, out_of_turn, why_none, why_not_out_of_turn
from data_access.services.billing.reissuing import cancel, covered, issue_again, issue_in_place, void, void_of
from data_access.services.ending import charge_ended, reckon
from data_access.services.facts.asking import asked, free_bookings
from data_access.services.facts.fees_of_customer import class_of
from data_access.services.facts.invoicing import why_no_correction
from data_access.services.settlement import free
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

_CUSTOMER, _INVOICE = "The customer", "The invoice"


@dataclass(frozen=True, slots=True)
class InvoiceIssued:
    """The new invoice; `invoice_id` 0 and no number where there was nothing to invoice. `bill_status`: afterwards.

    Where several were issued, the id of the last and the numbers of all.
    """

    customer_id: int
    invoice_id: int
    number: str
    bill_status: str = ""


def _issued(customer: Customer, *invoices: Invoice) -> InvoiceIssued:
    key, numbers = (invoices[-1].id if invoices else 0), " and ".join(invoice.number for invoice in invoices)
    return InvoiceIssued(customer.id, key, numbers, customer.bill_status.value)


@dataclass(frozen=True, slots=True)
class MidtermRequested:
    customer_id: int
    request_id: int


@dataclass(frozen=True, kw_only=True)
class RequestMidterm(Command[MidtermRequested]):
    """Asks for an invoice from the start of the billing period until now; it is issued within the hour."""

    needs: ClassVar = Permission.INVOICE_ISSUE
    result_type: ClassVar = MidtermRequested

    customer_id: int

    def apply(self, work: UnitOfWork) -> MidtermRequested:
        customer = work.lock(Customer, self.customer_id, called=_CUSTOMER)
        _refuse_exported(customer)
        waiting = work.select(InvoiceRequest).where(
            InvoiceRequest.customer_id == customer.id, InvoiceRequest.state == RequestState.REQUESTED
        )
        if work.session.scalars(waiting).first() is not None:
            raise Rejected("A midterm invoice is already on its way: it is issued within an hour of the request.")
        request = work.add(
            InvoiceRequest(
                customer_id=customer.id, requested_at=work.now, login=work.actor.login, state=RequestState.REQUESTED
            )
        )
        return MidtermRequested(customer.id, request.id)


def _refuse_exported(customer: Customer) -> None:
    if customer.bill_status is BillStatus.EXPORTED:
        raise Rejected("The customer is exported: it is invoiced at the new installation. Clear Exported first.")


@dataclass(frozen=True, kw_only=True)
class IssueMidterm(Command[InvoiceIssued]):
    """Issues a requested midterm invoice, with the fees of the days that have ended. Once a request.

    The request is cancelled when there is nothing to invoice, or the customer was exported meanwhile.
    """

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = InvoiceIssued

    request_id: int

    def apply(self, work: UnitOfWork) -> InvoiceIssued:
        query = work.select(InvoiceRequest).where(InvoiceRequest.id == self.request_id)
        seen = work.session.scalars(query).one_or_none()
        customer = work.lock(Customer, seen.customer_id if seen else 0, called="The request")
        request = work.lock(InvoiceRequest, self.request_id, called="The request")
        if request.state is not RequestState.REQUESTED:
            return _issued(customer)
        invoices = _midterm(work, customer) if customer.bill_status in INVOICED_ON_REQUEST else []
        request.invoice_id = invoices[-1].id if invoices else None
        request.state = RequestState.ISSUED if invoices else RequestState.CANCELLED
        return _issued(customer, *invoices)


def _midterm(work: UnitOfWork, customer: Customer) -> list[Invoice]:
    charge_ended(work, customer)
    reckon(work, customer)
    return issue_again(
        work, customer, _until_now(work, customer, InvoiceType.MIDTERM), free_bookings(work, customer.id)
    )


def _until_now(work: UnitOfWork, customer: Customer, of_type: InvoiceType) -> Heading:
    today = day_in(customer.billing_zone, work.now)
    first = customer.period_from
    return Heading(of_type, today, Period(first, max(first, today)) if first else None)


@dataclass(frozen=True, kw_only=True)
class IssueInitial(Command[InvoiceIssued]):
    """Issues an invoice over the charges of the first billing period so far; Rejected afterwards."""

    needs: ClassVar = Permission.INVOICE_ISSUE
    result_type: ClassVar = InvoiceIssued

    customer_id: int

    def apply(self, work: UnitOfWork) -> InvoiceIssued:
        customer = work.lock(Customer, self.customer_id, called=_CUSTOMER)
        _refuse_unless_running(customer)
        if customer.period_from != day_in(customer.billing_zone, customer.created_at):
            raise Rejected(
                "An initial invoice is possible in the first billing period only: request a midterm invoice instead."
            )
        heading = _until_now(work, customer, InvoiceType.INITIAL)
        return _issued(customer, *_issue_something(work, customer, heading, free_bookings(work, customer.id)))


@dataclass(frozen=True, kw_only=True)
class IssueOutOfTurn(Command[InvoiceIssued]):
    """Issues an invoice over chosen charges and credits made by hand, by the class's terms for such invoices."""

    needs: ClassVar = Permission.INVOICE_ISSUE
    result_type: ClassVar = InvoiceIssued

    customer_id: int
    transaction_ids: tuple[int, ...]

    def apply(self, work: UnitOfWork) -> InvoiceIssued:
        customer = work.lock(Customer, self.customer_id, called=_CUSTOMER)
        _refuse_unless_running(customer)
        chosen = out_of_turn(free_bookings(work, customer.id), self.transaction_ids)
        refusal = why_not_out_of_turn(chosen, self.transaction_ids)
        if refusal:
            raise Rejected(refusal)
        old = void_of(work, chosen)
        if old is not None:
            return _issued(customer, _in_place(work, customer, old, InvoiceType.OUT_OF_TURN, chosen))
        heading = Heading(InvoiceType.OUT_OF_TURN, day_in(customer.billing_zone, work.now))
        return _issued(customer, *_issue_something(work, customer, heading, chosen))


def _refuse_unless_running(customer: Customer) -> None:
    _refuse_exported(customer)
    if customer.bill_status is BillStatus.PERMANENTLY_TERMINATED:
        raise Rejected("The customer is permanently terminated: only a midterm invoice is possible, for what is left.")


def _issue_something(work: UnitOfWork, customer: Customer, heading: Heading, rows: list[Transaction]) -> list[Invoice]:
    return issue_again(work, customer, heading, rows) or _refuse_nothing(work, customer, heading.type, rows)


def _refuse_nothing(work: UnitOfWork, customer: Customer, of_type: InvoiceType, rows: list[Transaction]) -> NoReturn:
    of_class = class_of(work, customer)
    raise Rejected(why_none(asked(work, customer, of_class, of_type, rows), of_class, rows))


@dataclass(frozen=True, kw_only=True)
class VoidInvoice(Command[InvoiceIssued]):
    """Makes an invoice void: it keeps its number, what was paid on it pays others, its bookings wait for the next."""

    needs: ClassVar = Permission.INVOICE_VOID
    result_type: ClassVar = InvoiceIssued

    invoice_id: int

    def apply(self, work: UnitOfWork) -> InvoiceIssued:
        customer, invoice = _lock(work, self.invoice_id)
        void(work, customer, invoice)
        return _issued(customer, invoice)


@dataclass(frozen=True, kw_only=True)
class ReissueInvoice(Command[InvoiceIssued]):
    """Issues an invoice again under a new number, over what still stands of it; the old one is void.

    It keeps the terms and the due day of the old one, and is judged at once: what was overdue is.

    Rejected for one that was issued again before, or of which every booking was reversed.
    """

    needs: ClassVar = Permission.INVOICE_VOID
    result_type: ClassVar = InvoiceIssued

    invoice_id: int

    def apply(self, work: UnitOfWork) -> InvoiceIssued:
        customer, invoice = _lock(work, self.invoice_id)
        _refuse_replaced(work, invoice)
        if invoice.payment_status is not PaymentStatus.VOID:
            cancel(work, customer, invoice)
            free(work, customer, invoice)
        held = covered(work, invoice)
        rows = [row for row in free_bookings(work, customer.id) if row.id in held]
        return _issued(customer, _in_place(work, customer, invoice, invoice.type, rows))


def _in_place(
    work: UnitOfWork, customer: Customer, old: Invoice, of_type: InvoiceType, rows: list[Transaction]
) -> Invoice:
    invoice = issue_in_place(work, customer, old, of_type, rows)
    return invoice or _refuse_nothing(work, customer, of_type, rows)


def _lock(work: UnitOfWork, invoice_id: int) -> tuple[Customer, Invoice]:
    seen = work.session.scalars(work.select(Invoice).where(Invoice.id == invoice_id)).one_or_none()
    if seen is None:
        raise NotFound(_INVOICE)
    customer = work.lock(Customer, seen.customer_id, called=_INVOICE)
    _refuse_exported(customer)
    locked = why_no_correction(work, customer.id)
    if locked:
        raise Rejected(locked)
    return customer, work.lock(Invoice, invoice_id, called=_INVOICE)


def _refuse_replaced(work: UnitOfWork, invoice: Invoice) -> None:
    replacing = work.select(Invoice).where(Invoice.replaces_id == invoice.id).order_by(Invoice.id)
    later = work.session.scalars(replacing).first()
    if later is not None:
        raise Rejected(f"Invoice {invoice.number} has already been reissued, as {later.number}.")
