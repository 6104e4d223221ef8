"""The answers of the bank, recorded: the money is booked in the same transaction, once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from data_access.base.bookings import Kind
from data_access.base.clock import day_in
from data_access.base.permissions import SYSTEM, Permission
from data_access.domain.billing.auto_payments import MOST_FAILURES
from data_access.models.cards import (
    OPEN_STATES,
    Asked,
    AskedState,
    CardOperation,
    CardPayment,
    CardState,
    PaymentMethod,
)
from data_access.models.customers import Customer
from data_access.models.money import Allocation
from data_access.services.allocating import allocate, take_back, unused_payments
from data_access.services.entering import Texts, book
from data_access.services.facts.auto_payments import auto_payment_of
from data_access.services.settlement import after_issue, settle
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

_LONGEST = 200


class Outcome(StrEnum):
    """Unknown: the gateway did not answer."""

    APPROVED = "approved"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CardDone:
    """How the request stands now; `why` when the bank refused it."""

    operation_id: int
    card_payment_id: int
    customer_id: int
    state: str
    why: str
    transaction_id: int | None


@dataclass(frozen=True, kw_only=True)
class RecordCardAnswer(Command[CardDone]):
    """Writes down what became of a request. One that has its answer already keeps it, and nothing is booked again."""

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = CardDone

    operation_id: int
    outcome: Outcome
    reference: str = ""
    why: str = ""

    def apply(self, work: UnitOfWork) -> CardDone:
        seen = work.session.scalars(
            work.select(CardOperation).where(CardOperation.id == self.operation_id)
        ).one_or_none()
        customer = work.lock(Customer, seen.customer_id if seen else 0, called="The card payment")
        operation = work.lock(CardOperation, self.operation_id, called="The card payment")
        payment = work.lock(CardPayment, operation.card_payment_id, called="The card payment")
        if operation.state in OPEN_STATES:
            self._write(work, customer, payment, operation)
        return CardDone(
            operation.id, payment.id, customer.id, operation.state.value, operation.why, operation.transaction_id
        )

    def _write(self, work: UnitOfWork, customer: Customer, payment: CardPayment, operation: CardOperation) -> None:
        is_first = operation.operation in (Asked.CHARGE, Asked.AUTHORISE)
        if is_first and payment.login == SYSTEM.login and self.outcome is not Outcome.UNKNOWN:
            _count(work, customer, is_refused=self.outcome is Outcome.REFUSED)
        if self.outcome is Outcome.UNKNOWN:
            operation.state = AskedState.UNKNOWN
            payment.state = CardState.UNKNOWN if is_first else payment.state
        elif self.outcome is Outcome.REFUSED:
            operation.state, operation.why = AskedState.REFUSED, self.why[:_LONGEST]
            if is_first:
                payment.state, payment.why = CardState.REFUSED, operation.why
        else:
            operation.state = AskedState.DONE
            payment.gateway_reference = payment.gateway_reference or self.reference
            _APPROVED[operation.operation](work, customer, payment, operation)


def _count(work: UnitOfWork, customer: Customer, *, is_refused: bool) -> None:
    """Refusals of automatic payments in a row; too many of them freeze these until they are enabled again."""
    own = auto_payment_of(work, customer.id)
    if own is not None:
        own.failures = own.failures + 1 if is_refused else 0
        if own.failures >= MOST_FAILURES:
            own.frozen_at = work.now


def _charged(work: UnitOfWork, customer: Customer, payment: CardPayment, operation: CardOperation) -> None:
    _take(work, customer, payment, operation, Kind.ECOMMERCE_PAYMENT)


def _captured(work: UnitOfWork, customer: Customer, payment: CardPayment, operation: CardOperation) -> None:
    _take(work, customer, payment, operation, Kind.CAPTURE_PAYMENT)


def _take(work: UnitOfWork, customer: Customer, payment: CardPayment, operation: CardOperation, kind: Kind) -> None:
    payment.state, payment.captured = CardState.CAPTURED, operation.amount
    today = day_in(customer.billing_zone, work.now)
    booked = book(work, customer, kind, operation.amount, value_on=today, texts=_texts(work, payment))
    payment.payment_id = operation.transaction_id = booked.id
    settle(work, customer, booked)


def _texts(work: UnitOfWork, payment: CardPayment) -> Texts:
    card = work.session.scalars(work.select(PaymentMethod).where(PaymentMethod.id == payment.method_id)).one()
    return Texts(reference=payment.gateway_reference, visible_comment=f"{card.brand}, ending {card.last_four}")


def _reserved(_work: UnitOfWork, _customer: Customer, payment: CardPayment, _operation: CardOperation) -> None:
    payment.state = CardState.AUTHORISED


def _let_go(_work: UnitOfWork, _customer: Customer, payment: CardPayment, _operation: CardOperation) -> None:
    payment.state = CardState.VOIDED


def _given_back(work: UnitOfWork, customer: Customer, payment: CardPayment, operation: CardOperation) -> None:
    """The bank has given the money back: an invoice that this very payment has paid meanwhile is open again."""
    payment.refunded += operation.amount
    today = day_in(customer.billing_zone, work.now)
    texts = _texts(work, payment)
    refund = book(work, customer, Kind.ECOMMERCE_REFUND, operation.amount, value_on=today, texts=texts)
    operation.transaction_id = refund.id
    free = dict(unused_payments(work, customer))
    if payment.payment_id is None or payment.payment_id not in free:
        return  # the payment was reversed meanwhile: there is no money of it to allocate
    if free[payment.payment_id] < operation.amount:
        invoices_alone = (Allocation.payment_id == payment.payment_id) & Allocation.refund_id.is_(None)
        take_back(work, customer, invoices_alone)
    allocate(work, customer, payment.payment_id, operation.amount, refund_id=refund.id)
    after_issue(work, customer)


_Approved = Callable[[UnitOfWork, Customer, CardPayment, CardOperation], None]
_APPROVED: Mapping[Asked, _Approved] = {
    Asked.CHARGE: _charged,
    Asked.AUTHORISE: _reserved,
    Asked.CAPTURE: _captured,
    Asked.VOID: _let_go,
    Asked.REFUND: _given_back,
}
