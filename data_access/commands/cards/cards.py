"""Stored cards and the requests to the bank about them: each request is stored before it is sent."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import ClassVar

from data_access.base.bookings import BOOKINGS, Kind
from data_access.base.clock import day_in
from data_access.base.errors import Invalid, Rejected
from data_access.base.money import ZERO, cash, exact_money
from data_access.base.payment_methods import MethodKind
from data_access.base.permissions import Permission
from data_access.commands.billing.money import refuse_beyond_funds, refuse_by_status
from data_access.commands.cards.cardnumbers import holds_account_number, holds_card_number
from data_access.models.cards import OPEN_STATES, Asked, CardOperation, CardPayment, CardState, PaymentMethod
from data_access.models.customers import Customer
from data_access.services.allocating import unused_payments
from data_access.services.facts.auto_payments import why_no_cards
from data_access.services.facts.own_limits import refuse_beyond_own_limits
from data_access.services.facts.repeats import ask_about_repeat
from data_access.store.access import Command
from data_access.store.command_form import Secret
from data_access.store.unit_of_work import UnitOfWork

_NO_CARD, _NO_ACCOUNT = (
    f"This looks like {one} number. {many} numbers are never stored here: give the gateway's token."
    for one, many in (("a card", "Card"), ("an account", "Account"))
)
_LONGEST_NAME, _LONGEST_MANDATE = 60, 35
_UNDER_WAY = (
    "Another card payment of this customer is in progress, and its outcome is not known yet: wait until the bank has "
    "answered, so that nothing is charged twice."
)


@dataclass(frozen=True, slots=True)
class CardSaved:
    method_id: int
    customer_id: int


@dataclass(frozen=True, slots=True)
class CardAsked:
    """What stands here to be sent to the bank."""

    operation_id: int
    card_payment_id: int
    customer_id: int


@dataclass(frozen=True, kw_only=True)
class AddCard(Command[CardSaved]):
    """Stores a card or a bank account as the gateway knows it. `token` comes from the gateway's own form; no number of
    either comes here.

    `brand`: of a card, else the name of the bank. A card expires; a direct debit has the reference of its mandate.
    """

    needs: ClassVar = Permission.MONEY_PAYMENT
    result_type: ClassVar = CardSaved

    customer_id: int
    token: Secret
    brand: str
    last_four: str
    expires_on: date | None = None
    kind: MethodKind = MethodKind.CARD
    mandate: str = ""

    def apply(self, work: UnitOfWork) -> CardSaved:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        refuse_by_status(BOOKINGS[Kind.ECOMMERCE_PAYMENT], customer)
        refuse_without_system(customer)
        _refuse_card(self, day_in(customer.billing_zone, work.now))
        card = PaymentMethod(
            customer_id=customer.id, token=self.token.strip(), brand=self.brand.strip(),
            last_four=self.last_four.strip(), expires_on=self.expires_on, added_at=work.now, kind=self.kind,
            mandate=self.mandate.strip(),
        )  # fmt: skip
        return CardSaved(work.add(card).id, customer.id)


def refuse_without_system(customer: Customer) -> None:
    """Rejected where no online payment system is configured for the customer's currency."""
    why_not = why_no_cards(customer.currency)
    if why_not:
        raise Rejected(why_not)


def _refuse_card(order: AddCard, today: date) -> None:
    texts = {name: getattr(order, name) for name in ("token", "brand", "last_four", "mandate", "reason")}
    complaints = {name: _NO_ACCOUNT for name, text in texts.items() if holds_account_number(text)}
    complaints |= {name: _NO_CARD for name, text in texts.items() if holds_card_number(text)}
    token, brand, last_four = order.token.strip(), order.brand.strip(), order.last_four.strip()
    if not (0 < len(token) <= 80 and token.isascii() and token.isprintable() and " " not in token):
        complaints.setdefault("token", "Give the token of the gateway: at most 80 characters, none of them a space.")
    is_card = order.kind is MethodKind.CARD
    if not 0 < len(brand) <= _LONGEST_NAME:
        what = "brand of the card" if is_card else "name of the bank"
        complaints.setdefault("brand", f"Give the {what}, of at most {_LONGEST_NAME} characters.")
    if not (len(last_four) == 4 and last_four.isascii() and last_four.isdecimal()):
        complaints.setdefault("last_four", f"Give the last four digits of the {'card' if is_card else 'account'}.")
    complaints |= _misfits(order, today)
    if complaints:
        raise Invalid(complaints)


def _misfits(order: AddCard, today: date) -> dict[str, str]:
    """What a kind needs and lacks, or has and cannot have."""
    mandate, is_debit = order.mandate.strip(), order.kind is MethodKind.DIRECT_DEBIT
    found = {}
    if (order.kind is MethodKind.CARD) is (order.expires_on is None):
        found["expires_on"] = "A card has a last day on which it is valid, and nothing else has."
    elif order.expires_on is not None and order.expires_on < today:
        found["expires_on"] = "This card has expired."
    if is_debit and not (0 < len(mandate) <= _LONGEST_MANDATE and mandate.isascii() and mandate.isprintable()):
        found["mandate"] = f"Give the reference of the mandate, of at most {_LONGEST_MANDATE} characters."
    elif mandate and not is_debit:
        found["mandate"] = "Only a direct debit has a mandate."
    return found


@dataclass(frozen=True, kw_only=True)
class RemoveCard(Command[CardSaved]):
    """Takes a card out of use; what was paid by it keeps its trace, and can be refunded."""

    needs: ClassVar = Permission.MONEY_PAYMENT
    result_type: ClassVar = CardSaved

    method_id: int

    def apply(self, work: UnitOfWork) -> CardSaved:
        card = work.lock(PaymentMethod, self.method_id, called="The card")
        work.customer_id = card.customer_id
        if card.removed_at is not None:
            raise Rejected("This card has already been removed.")
        card.removed_at = work.now
        return CardSaved(card.id, card.customer_id)


@dataclass(frozen=True, kw_only=True)
class RequestCardPayment(Command[CardAsked]):
    """Asks for money of a stored card: taken at once, or only reserved.

    `knows_of`: the transaction of an earlier payment like this one that whoever asks has seen; Repeated without it.
    """

    needs: ClassVar = Permission.MONEY_PAYMENT
    result_type: ClassVar = CardAsked

    customer_id: int
    method_id: int
    amount: Decimal
    capture_at_once: bool = True
    knows_of: int | None = None

    def apply(self, work: UnitOfWork) -> CardAsked:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        refuse_by_status(BOOKINGS[Kind.ECOMMERCE_PAYMENT], customer)
        refuse_without_system(customer)
        method = work.lock(PaymentMethod, self.method_id, called="The card")
        refuse_unusable(work, customer, method)
        if not self.capture_at_once and method.kind is not MethodKind.CARD:
            raise Rejected("Money can be reserved on a card only: take the payment at once.")
        amount = _cash(self.amount, customer.currency)
        refuse_under_way(work, customer)
        ask_about_repeat(work, customer, amount, "", knows_of=self.knows_of)
        payment = work.add(
            CardPayment(
                customer_id=customer.id, method_id=self.method_id, key=self.command_id, amount=amount,
                currency=customer.currency, capture_at_once=self.capture_at_once, requested_at=work.now,
                login=work.actor.login,
            )
        )  # fmt: skip
        return ask_bank(work, payment, Asked.CHARGE if self.capture_at_once else Asked.AUTHORISE, amount)


def refuse_unusable(work: UnitOfWork, customer: Customer, card: PaymentMethod) -> None:
    if card.customer_id != customer.id:
        raise Rejected("This card is another customer's.")
    if card.removed_at is not None:
        raise Rejected("This card was removed: choose another.")
    if not card.is_valid(day_in(customer.billing_zone, work.now)):
        raise Rejected("This card has expired: choose another.")


def _cash(amount: Decimal, currency: str) -> Decimal:
    try:
        return cash(amount, currency)
    except Rejected as wrong:
        raise Invalid({"amount": f"{wrong}"}) from wrong


def refuse_under_way(work: UnitOfWork, customer: Customer) -> None:
    under_way = work.select(CardOperation).where(
        CardOperation.customer_id == customer.id, CardOperation.state.in_(OPEN_STATES)
    )
    if work.session.scalars(under_way).first() is not None:
        raise Rejected(_UNDER_WAY)


def ask_bank(work: UnitOfWork, payment: CardPayment, operation: Asked, amount: Decimal) -> CardAsked:
    asked = work.add(
        CardOperation(
            customer_id=payment.customer_id, card_payment_id=payment.id, operation=operation,
            key=work.order.command_id, amount=amount, asked_at=work.now, login=work.actor.login,
        )
    )  # fmt: skip
    return CardAsked(asked.id, payment.id, payment.customer_id)


@dataclass(frozen=True, kw_only=True)
class CaptureCardPayment(Command[CardAsked]):
    """Asks to take reserved money: once, all of it or less."""

    needs: ClassVar = Permission.MONEY_PAYMENT
    result_type: ClassVar = CardAsked

    card_payment_id: int
    amount: Decimal

    def apply(self, work: UnitOfWork) -> CardAsked:
        payment = _reserved(work, self.card_payment_id)
        amount = _cash(self.amount, payment.currency)
        if amount > payment.amount:
            held = exact_money(payment.amount, payment.currency)
            raise Invalid({"amount": f"Reserved are {held}: no more can be taken."})
        return ask_bank(work, payment, Asked.CAPTURE, amount)


@dataclass(frozen=True, kw_only=True)
class VoidCardPayment(Command[CardAsked]):
    """Asks to let reserved money go."""

    needs: ClassVar = Permission.MONEY_PAYMENT
    result_type: ClassVar = CardAsked

    card_payment_id: int

    def apply(self, work: UnitOfWork) -> CardAsked:
        payment = _reserved(work, self.card_payment_id)
        return ask_bank(work, payment, Asked.VOID, payment.amount)


def _reserved(work: UnitOfWork, card_payment_id: int) -> CardPayment:
    _, payment = _locked(work, card_payment_id)
    if payment.state is not CardState.AUTHORISED:
        raise Rejected(f"This payment is {payment.state}: only reserved money can be taken or released.")
    return payment


def _locked(work: UnitOfWork, card_payment_id: int) -> tuple[Customer, CardPayment]:
    """The card payment with its customer locked before it, and nothing under way."""
    seen = work.session.scalars(work.select(CardPayment).where(CardPayment.id == card_payment_id)).one_or_none()
    customer = work.lock(Customer, seen.customer_id if seen else 0, called="The card payment")
    payment = work.lock(CardPayment, card_payment_id, called="The card payment")
    refuse_by_status(BOOKINGS[Kind.ECOMMERCE_PAYMENT], customer)
    refuse_under_way(work, customer)
    return customer, payment


@dataclass(frozen=True, kw_only=True)
class RefundCardPayment(Command[CardAsked]):
    """Asks to give money back to the card that it came from, as far as it paid no invoice."""

    needs: ClassVar = Permission.MONEY_REFUND
    result_type: ClassVar = CardAsked

    card_payment_id: int
    amount: Decimal

    def apply(self, work: UnitOfWork) -> CardAsked:
        customer, payment = _locked(work, self.card_payment_id)
        amount = _cash(self.amount, payment.currency)
        if not self.reason.strip():
            raise Invalid({"reason": "Give the reason: credits and refunds are not booked without one."})
        refuse_beyond_own_limits(work, amount, payment.currency, self.needs)
        free = dict(unused_payments(work, customer)).get(payment.payment_id or 0, ZERO)
        held = f"{exact_money(free, payment.currency)} of this payment paid no invoice"
        refuse_beyond_funds(customer, amount, free, f"{held}: no more can be given back to the card.")
        return ask_bank(work, payment, Asked.REFUND, amount)
