"""Cards of a customer, payments with them, and requests that have to be clarified with the bank."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar

from sqlalchemy import and_, func, or_

from data_access.base.errors import NotFound
from data_access.base.money import ZERO
from data_access.base.payment_methods import MethodKind
from data_access.base.permissions import Permission
from data_access.models.cards import (
    ANSWERED,
    OPEN_STATES,
    AskedState,
    CardOperation,
    CardPayment,
    CardState,
    PaymentMethod,
)
from data_access.models.money import Allocation, Transaction
from data_access.queries.customer_context import customer_context
from data_access.services.facts.spending_limits import most_given_back
from data_access.store.access import Query, Reader
from data_access.store.gateway import Instruction
from data_access.store.scope import visible

PATIENCE = timedelta(minutes=2)  # so long whoever sent a request may still be waiting for its answer
_MOST = 200
_STATES = {
    CardState.REQUESTED: "Asked of the bank",
    CardState.UNKNOWN: "Outcome unknown",
    CardState.REFUSED: "Refused",
    CardState.AUTHORISED: "Reserved",
    CardState.CAPTURED: "Taken",
    CardState.VOIDED: "Let go",
}


@dataclass(frozen=True, slots=True)
class Card:
    """A stored card or bank account as it may be shown."""

    method_id: int
    kind: MethodKind
    brand: str
    last_four: str
    expires_on: date | None
    mandate: str
    has_expired: bool
    added_at: datetime

    @property
    def can_be_reserved(self) -> bool:
        return self.kind is MethodKind.CARD and not self.has_expired


@dataclass(frozen=True)
class CardsOf(Query[tuple[Card, ...]]):
    """The cards of a customer that are in use, newest first."""

    needs: ClassVar = Permission.CUSTOMER_READ

    customer_id: int

    def run(self, reader: Reader) -> tuple[Card, ...]:
        customer = customer_context(reader, self.customer_id)
        held = visible(PaymentMethod, reader.actor).where(
            PaymentMethod.customer_id == self.customer_id, PaymentMethod.removed_at.is_(None)
        )
        return tuple(
            Card(
                row.id,
                row.kind,
                row.brand,
                row.last_four,
                row.expires_on,
                row.mandate,
                not row.is_valid(customer.today),
                row.added_at,
            )
            for row in reader.session.scalars(held.order_by(PaymentMethod.id.desc()).limit(_MOST))
        )


@dataclass(frozen=True, slots=True)
class CardPaid:
    """A payment by card. `refundable` can be given back to the card now; `under_way`: the bank is to answer."""

    card_payment_id: int
    brand: str
    last_four: str
    amount: Decimal
    currency: str
    state: CardState
    captured: Decimal
    refunded: Decimal
    refundable: Decimal
    under_way: bool
    why: str
    requested_at: datetime
    login: str

    @property
    def is_reserved(self) -> bool:
        return self.state is CardState.AUTHORISED

    @property
    def says(self) -> str:
        """How far it has come, in words."""
        if self.under_way and self.state in ANSWERED:
            return f"{_STATES[self.state]}; another request waits for the bank"
        return f"{_STATES[self.state]}: {self.why}" if self.why else _STATES[self.state]


@dataclass(frozen=True)
class CardPaymentsOf(Query[tuple[CardPaid, ...]]):
    """What was asked of the cards of a customer, newest first."""

    needs: ClassVar = Permission.CUSTOMER_READ

    customer_id: int

    def run(self, reader: Reader) -> tuple[CardPaid, ...]:
        customer = customer_context(reader, self.customer_id).customer
        query = (
            visible(CardPayment, reader.actor)
            .join(PaymentMethod, PaymentMethod.id == CardPayment.method_id)
            .outerjoin(
                CardOperation,
                and_(CardOperation.card_payment_id == CardPayment.id, CardOperation.state.in_(OPEN_STATES)),
            )
            .where(CardPayment.customer_id == self.customer_id)
            .with_only_columns(
                CardPayment.id, PaymentMethod.brand, PaymentMethod.last_four, CardPayment.amount, CardPayment.currency,
                CardPayment.state, CardPayment.captured, CardPayment.refunded, CardPayment.payment_id, CardPayment.why,
                CardPayment.requested_at, CardPayment.login, CardOperation.id.label("open_id"),
            )
            .order_by(CardPayment.id.desc())
            .limit(_MOST)
        )  # fmt: skip
        rows = reader.session.execute(query).all()
        unused = _unused(reader, [row.payment_id for row in rows if row.payment_id is not None])
        return tuple(
            CardPaid(
                row.id, row.brand, row.last_four, row.amount, row.currency, row.state, row.captured, row.refunded,
                most_given_back(customer, unused.get(row.payment_id, ZERO)), row.open_id is not None,
                row.why, row.requested_at, row.login,
            )
            for row in rows
        )  # fmt: skip


def _unused(reader: Reader, payment_ids: list[int]) -> dict[int, Decimal]:
    """What each payment that was not reversed has left."""
    used = (
        visible(Allocation, reader.actor)
        .where(Allocation.payment_id.in_(payment_ids))
        .with_only_columns(Allocation.payment_id, func.sum(Allocation.amount).label("used"))
        .group_by(Allocation.payment_id)
        .subquery()
    )
    payments = (
        visible(Transaction, reader.actor)
        .outerjoin(used, used.c.payment_id == Transaction.id)
        .where(Transaction.id.in_(payment_ids), Transaction.unreversed())
        .with_only_columns(Transaction.id, Transaction.amount, used.c.used)
    )
    return {row.id: -row.amount - (row.used or ZERO) for row in reader.session.execute(payments)}


@dataclass(frozen=True)
class CardInstruction(Query[Instruction]):
    """What is to be sent to the bank for a request."""

    needs: ClassVar = Permission.SYSTEM_RUN

    operation_id: int

    def run(self, reader: Reader) -> Instruction:
        query = (
            visible(CardOperation, reader.actor)
            .join(CardPayment, CardPayment.id == CardOperation.card_payment_id)
            .join(PaymentMethod, PaymentMethod.id == CardPayment.method_id)
            .where(CardOperation.id == self.operation_id)
            .with_only_columns(
                CardOperation.key, CardOperation.operation, PaymentMethod.token, CardPayment.key.label("about"),
                CardOperation.amount, CardPayment.currency,
            )
        )  # fmt: skip
        row = reader.session.execute(query).one_or_none()
        if row is None:
            raise NotFound("The card payment")
        about = "" if row.about == row.key else row.about
        return Instruction(row.key, row.operation, row.token, about, row.amount, row.currency)


@dataclass(frozen=True)
class OpenRequest(Query[int | None]):
    """The request of a card payment that has no answer yet; None when there is none."""

    needs: ClassVar = Permission.SYSTEM_RUN

    card_payment_id: int

    def run(self, reader: Reader) -> int | None:
        still_open = visible(CardOperation, reader.actor).where(
            CardOperation.card_payment_id == self.card_payment_id, CardOperation.state.in_(OPEN_STATES)
        )
        return reader.session.scalar(still_open.with_only_columns(CardOperation.id))


@dataclass(frozen=True)
class UnknownCardPayments(Query[list[int]]):
    """Card payments of which a request has no answer, and nobody waits for it any more, by id."""

    needs: ClassVar = Permission.SYSTEM_RUN

    after: int = 0
    limit: int = 500

    def run(self, reader: Reader) -> list[int]:
        given_up = or_(
            CardOperation.state == AskedState.UNKNOWN,
            and_(CardOperation.state == AskedState.ASKED, CardOperation.asked_at <= reader.now - PATIENCE),
        )
        unanswered = visible(CardOperation, reader.actor).where(given_up, CardOperation.card_payment_id > self.after)
        ids = unanswered.with_only_columns(CardOperation.card_payment_id).order_by(CardOperation.card_payment_id)
        return list(reader.session.scalars(ids.limit(self.limit)))
