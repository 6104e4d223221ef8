"""What is done with an issued invoice without touching its lines: sent again, and adjusted."""

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from data_access.base.bookings import Kind
from data_access.base.clock import day_in
from data_access.base.errors import Invalid, NotFound, Rejected
from data_access.base.money import ZERO, cash, exact_money
from data_access.base.permissions import Permission
from data_access.base.statuses import BillStatus
from data_access.models.customers import Customer
from data_access.models.money import Invoice, PaymentStatus, Transaction
from data_access.services.billing.invoicing import send
from data_access.services.entering import Texts, book
from data_access.services.facts.invoicing import why_no_correction
from data_access.services.facts.own_limits import refuse_beyond_own_limits
from data_access.services.settlement import settle
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

_INVOICE = "The invoice"
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class InvoiceSent:
    invoice_id: int
    customer_id: int
    number: str


@dataclass(frozen=True, kw_only=True)
class SendInvoice(Command[InvoiceSent]):
    """Sends an issued invoice by e-mail again, whatever its class and its customer say of sending."""

    needs: ClassVar = Permission.INVOICE_ISSUE
    result_type: ClassVar = InvoiceSent

    invoice_id: int

    def apply(self, work: UnitOfWork) -> InvoiceSent:
        customer, invoice = _locked(work, self.invoice_id)
        if not customer.email.strip():
            raise Rejected("The customer has no e-mail address: enter one in Address info, then send it.")
        send(work, customer, invoice, again=self.command_id)
        return InvoiceSent(invoice.id, customer.id, invoice.number)


def _locked(work: UnitOfWork, invoice_id: int) -> tuple[Customer, Invoice]:
    """The invoice with its customer locked before it; Rejected for a void one."""
    seen = work.session.scalars(work.select(Invoice).where(Invoice.id == invoice_id)).one_or_none()
    if seen is None:
        raise NotFound(_INVOICE)
    customer = work.lock(Customer, seen.customer_id, called=_INVOICE)
    invoice = work.lock(Invoice, invoice_id, called=_INVOICE)
    if invoice.payment_status is PaymentStatus.VOID:
        raise Rejected(f"Invoice {invoice.number} is void: nothing is asked for by it.")
    return customer, invoice


@dataclass(frozen=True, slots=True)
class InvoiceAdjusted:
    """Amounts as text with five decimals. `bill_status`: afterwards."""

    transaction_id: int
    invoice_id: int
    customer_id: int
    number: str
    open: str
    unallocated: str
    bill_status: str


@dataclass(frozen=True, kw_only=True)
class AdjustInvoice(Command[InvoiceAdjusted]):
    """Takes an amount off an issued invoice, tax included. What was paid of it already becomes unallocated money.

    It counts towards the person's own limits as a credit does, and ends a suspension as a write-off does.
    """

    needs: ClassVar = Permission.MONEY_CREDIT
    result_type: ClassVar = InvoiceAdjusted

    invoice_id: int
    amount: Decimal
    visible_comment: str = ""
    internal_comment: str = ""

    def apply(self, work: UnitOfWork) -> InvoiceAdjusted:
        customer, invoice = _locked(work, self.invoice_id)
        if customer.bill_status is BillStatus.EXPORTED:
            raise Rejected("The customer is exported: its money is kept at the new installation. Clear Exported first.")
        locked = why_no_correction(work, customer.id)
        if locked:
            raise Rejected(locked)
        amount = self._amount(work, invoice)
        refuse_beyond_own_limits(work, amount, invoice.currency, self.needs)
        texts = Texts(
            reference=adjustment_of(invoice.number), visible_comment=self.visible_comment.strip()[:_LONGEST],
            internal_comment=self.internal_comment.strip()[:_LONGEST],
        )  # fmt: skip
        today = day_in(customer.billing_zone, work.now)
        booked = book(work, customer, Kind.INVOICE_ADJUSTMENT, amount, value_on=today, texts=texts)
        settle(work, customer, booked, onto=invoice)
        return InvoiceAdjusted(
            booked.id, invoice.id, customer.id, invoice.number, f"{invoice.open:f}", f"{customer.unallocated:f}",
            customer.bill_status.value,
        )  # fmt: skip

    def _amount(self, work: UnitOfWork, invoice: Invoice) -> Decimal:
        complaints = {}
        if not self.reason.strip():
            complaints["reason"] = "Give the reason: credits are not booked without one."
        try:
            amount = cash(self.amount, invoice.currency)
        except Rejected as wrong:
            raise Invalid(complaints | {"amount": f"{wrong}"}) from wrong
        most = invoice.total - adjusted_by(work, invoice)
        if amount > most:
            left = exact_money(max(most, ZERO), invoice.currency)
            complaints["amount"] = f"At most {left} can still be taken off invoice {invoice.number}."
        if complaints:
            raise Invalid(complaints)
        return amount


def adjustment_of(number: str) -> str:
    """What an adjustment is known by."""
    return f"Invoice {number}"


def adjusted_by(work: UnitOfWork, invoice: Invoice) -> Decimal:
    """What was taken off an invoice already and not taken back."""
    mine = work.select(Transaction).where(
        Transaction.customer_id == invoice.customer_id, Transaction.kind == Kind.INVOICE_ADJUSTMENT,
        Transaction.reference == adjustment_of(invoice.number), Transaction.unreversed(),
    )  # fmt: skip
    return -sum(work.session.scalars(mine.with_only_columns(Transaction.amount)), ZERO)
