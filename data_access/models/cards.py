"""Stored payment methods and requests to the payment gateway. No card or account number is ever stored."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.money import ZERO
from data_access.base.payment_methods import MethodKind
from data_access.models.base import SECRET, SUMMARY, Base, Record, choice


class PaymentMethod(Record):
    """A card or a bank account of a customer as the gateway knows it: a token, and what may be shown of it.

    `brand`: of a card, else the name of the bank. `mandate`: the reference of the customer's order to debit.
    """

    __tablename__ = "payment_methods"
    __table_args__ = (
        CheckConstraint("(kind = 'card') = (expires_on IS NOT NULL)", name="a_card_expires"),
        CheckConstraint("(kind = 'direct_debit') = (mandate <> '')", name="a_debit_has_its_mandate"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    kind: Mapped[MethodKind] = mapped_column(
        choice(MethodKind), default=MethodKind.CARD, server_default=MethodKind.CARD.value
    )
    token: Mapped[str] = mapped_column(String(80), unique=True, info=SECRET)
    brand: Mapped[str] = mapped_column(String(60))
    last_four: Mapped[str] = mapped_column(String(4))
    expires_on: Mapped[date | None]
    mandate: Mapped[str] = mapped_column(String(35), default="", server_default="")
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    def is_valid(self, today: date) -> bool:
        """Whether it can be charged: in use, and not expired."""
        return self.removed_at is None and (self.expires_on is None or self.expires_on >= today)


class CardState(StrEnum):
    """How far a card payment has come. Unknown: the gateway did not answer, and is asked again."""

    REQUESTED = "requested"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    AUTHORISED = "authorised"
    CAPTURED = "captured"
    VOIDED = "voided"


ANSWERED = (CardState.AUTHORISED, CardState.CAPTURED)
PAID = sql("payment_id IS NOT NULL")


class CardPayment(Record):
    """Money asked of a card. `key` is the idempotency key at the gateway: asked twice, it is taken once."""

    __tablename__ = "card_payments"
    __table_args__ = (
        CheckConstraint("amount > 0 AND captured >= 0 AND captured <= amount", name="captured_at_most_authorised"),
        CheckConstraint("refunded >= 0 AND refunded <= captured", name="refunded_at_most_captured"),
        Index("ix_card_payments_state", "state", "id"),
        Index("ix_card_payments_payment_id", "payment_id", sqlite_where=PAID, postgresql_where=PAID),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    method_id: Mapped[int] = mapped_column(ForeignKey("payment_methods.id"))
    key: Mapped[str] = mapped_column(String(80), unique=True, info=SUMMARY)
    amount: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(String(3))
    capture_at_once: Mapped[bool]
    state: Mapped[CardState] = mapped_column(default=CardState.REQUESTED)
    captured: Mapped[Decimal] = mapped_column(default=ZERO)
    refunded: Mapped[Decimal] = mapped_column(default=ZERO)
    why: Mapped[str] = mapped_column(String(200), default="")
    gateway_reference: Mapped[str] = mapped_column(String(80), default="")
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"))
    requested_at: Mapped[datetime]
    login: Mapped[str] = mapped_column(String(120))


class Asked(StrEnum):
    """What can be asked of the gateway."""

    CHARGE = "charge"
    AUTHORISE = "authorise"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"


class AskedState(StrEnum):
    """How far a question to the gateway has come. Unknown: it did not answer in time."""

    ASKED = "asked"
    UNKNOWN = "unknown"
    DONE = "done"
    REFUSED = "refused"


OPEN_STATES = (AskedState.ASKED, AskedState.UNKNOWN)
OPEN_QUESTION = sql("state IN ('asked', 'unknown')")
BOOKED = sql("transaction_id IS NOT NULL")


class CardOperation(Record):
    """One thing asked of the gateway for a card payment: written before it is sent, so that a crash leaves its trace.

    `key` is the idempotency key under which the gateway does it once. A customer has one open operation at most.
    """

    __tablename__ = "card_operations"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_above_zero"),
        Index(
            "uq_card_operations_customer_id",
            "customer_id",
            unique=True,
            sqlite_where=OPEN_QUESTION,
            postgresql_where=OPEN_QUESTION,
        ),
        Index("ix_card_operations_payment", "card_payment_id", "id"),
        Index("ix_card_operations_transaction_id", "transaction_id", sqlite_where=BOOKED, postgresql_where=BOOKED),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    card_payment_id: Mapped[int] = mapped_column(ForeignKey("card_payments.id"))
    operation: Mapped[Asked]
    key: Mapped[str] = mapped_column(String(100), unique=True, info=SUMMARY)
    amount: Mapped[Decimal]
    state: Mapped[AskedState] = mapped_column(default=AskedState.ASKED)
    why: Mapped[str] = mapped_column(String(200), default="")
    asked_at: Mapped[datetime]
    login: Mapped[str] = mapped_column(String(120))
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"))


class BankOperation(Base):
    """The local gateway's own ledger, which stands for the bank's: one row an idempotency key."""

    __tablename__ = "bank_operations"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    operation: Mapped[str] = mapped_column(String(20))
    token: Mapped[str] = mapped_column(String(80))
    about: Mapped[str] = mapped_column(String(80), default="")
    amount: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(String(3))
    answer: Mapped[dict[str, Any]]
    at: Mapped[datetime]
