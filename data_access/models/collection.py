"""How debts are collected: the terms of a class by version, the steps taken, promises, thresholds, holidays."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, UniqueConstraint, and_, exists, or_
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.clock import Instant
from data_access.base.labelled import Labelled
from data_access.base.money import ZERO
from data_access.base.text.masking import FreeText
from data_access.fields.field import Field, declared
from data_access.fields.kinds import AMOUNT, CHOICE
from data_access.models.base import SUMMARY, Record, Reversible, WrittenOnce, other


class Section(StrEnum):
    """The two kinds of invoices that a class has terms for."""

    REGULAR = "regular"
    OUT_OF_TURN = "out_of_turn"


class Step(StrEnum):
    """What collection does about an invoice, in the order in which one day's steps are taken."""

    REMIND = "remind"
    OVERDUE = "overdue"
    RESEND = "resend"
    WARN_LIMIT = "warn_limit"
    WARN_SUSPEND = "warn_suspend"
    WARN_TERMINATE = "warn_terminate"
    LIMIT = "limit"
    SUSPEND = "suspend"
    TERMINATE = "terminate"


class CollectionPolicy(WrittenOnce):
    """The terms of a class for one kind of invoices, and what follows when they are not kept. Days count from the due
    date; None: never. A change is a new version; an invoice keeps the version under which it was issued.

    `limit_notices` and its like: days before that step. `hour` and `spread_minutes`: when a day's steps are taken, in
    the customer's billing zone. At or below `threshold` nothing is collected.
    """

    __tablename__ = "collection_policies"
    __table_args__ = (
        UniqueConstraint("customer_class_id", "section", "number"),
        CheckConstraint("net_days >= 0", name="net_days_not_negative"),
        CheckConstraint("late_fee >= 0 AND reactivation_fee >= 0 AND threshold >= 0", name="amounts_not_negative"),
        CheckConstraint("limit_after >= 0 AND suspend_after >= 0 AND terminate_after >= 0", name="days_not_negative"),
        CheckConstraint(
            "(limit_after IS NULL OR suspend_after IS NULL OR limit_after <= suspend_after)"
            " AND (suspend_after IS NULL OR terminate_after IS NULL OR suspend_after <= terminate_after)"
            " AND (limit_after IS NULL OR terminate_after IS NULL OR limit_after <= terminate_after)",
            name="steps_in_order",
        ),
        CheckConstraint("hour BETWEEN 0 AND 23 AND spread_minutes BETWEEN 0 AND 720", name="hour_in_the_day"),
    )

    customer_class_id: Mapped[int] = mapped_column(ForeignKey("customer_classes.id"))
    section: Mapped[Section]
    number: Mapped[int]
    command_id: Mapped[str | None] = mapped_column(
        ForeignKey("command_log.id", deferrable=True, initially="DEFERRED"), index=True
    )
    at: Mapped[datetime]
    login: Mapped[str] = mapped_column(String(120))
    net_days: Mapped[int] = mapped_column(default=14)
    reminders: Mapped[list[int]] = mapped_column(default=list)
    resends: Mapped[list[int]] = mapped_column(default=list)
    late_fee: Mapped[Decimal] = mapped_column(default=ZERO)
    limit_after: Mapped[int | None]
    limit_notices: Mapped[list[int]] = mapped_column(default=list)
    suspend_after: Mapped[int | None]
    suspend_notices: Mapped[list[int]] = mapped_column(default=list)
    terminate_after: Mapped[int | None]
    terminate_notices: Mapped[list[int]] = mapped_column(default=list)
    reactivation_fee: Mapped[Decimal] = mapped_column(default=ZERO)
    threshold: Mapped[Decimal] = mapped_column(default=ZERO)
    resume_at_threshold: Mapped[bool] = mapped_column(default=False)
    working_days_only: Mapped[bool] = mapped_column(default=True)
    hour: Mapped[int] = mapped_column(default=0)
    spread_minutes: Mapped[int] = mapped_column(default=0)

    @classmethod
    def in_force(cls, at: Instant) -> ColumnElement[bool]:
        """The version that held at an instant for its class and kind of invoices; before the first one, that."""
        newer = other(cls)
        of_same = and_(newer.customer_class_id == cls.customer_class_id, newer.section == cls.section)
        return and_(
            or_(cls.at <= at, cls.number == 1), ~exists().where(of_same, newer.number > cls.number, newer.at <= at)
        )


class CollectionStep(WrittenOnce):
    """A step taken about an invoice. `days` tells the steps of a kind apart: those of the policy's list.

    Once each, unless the invoice was paid in between and the payment taken back.
    """

    __tablename__ = "collection_steps"
    __table_args__ = (
        UniqueConstraint("invoice_id", "step", "days", "at"),
        Index("ix_collection_steps_customer", "customer_id", "at"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"))
    command_id: Mapped[str] = mapped_column(
        ForeignKey("command_log.id", deferrable=True, initially="DEFERRED"), index=True
    )
    step: Mapped[Step]
    days: Mapped[int]
    due_at: Mapped[datetime]
    at: Mapped[datetime]


class Holiday(Record):
    """A day on which the company does not work, beside Saturdays and Sundays. `removed_at`: it is worked after all."""

    __tablename__ = "holidays"

    day: Mapped[date] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(120))
    removed_at: Mapped[datetime | None]


class PromiseState(StrEnum):
    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    CANCELLED = "cancelled"


class Promise(Record):
    """What a customer promised to pay before an instant, for a lift of the suspension or without one."""

    __tablename__ = "promises"
    __table_args__ = (
        CheckConstraint("amount > 0 AND received >= 0", name="amounts_in_bounds"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_has_its_moment"),
        Index("ix_promises_due", "state", "due_at", "id"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    amount: Mapped[Decimal]
    received: Mapped[Decimal] = mapped_column(default=ZERO, info=SUMMARY)
    due_at: Mapped[datetime]
    made_at: Mapped[datetime]
    login: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(FreeText, default="")
    state: Mapped[PromiseState] = mapped_column(default=PromiseState.OPEN)
    decided_at: Mapped[datetime | None]


class PromisePayment(Reversible):
    """Part of a payment that counts for a promise; a negative row takes an earlier one back."""

    __tablename__ = "promise_payments"
    __table_args__ = (
        CheckConstraint("(reverses_id IS NULL) = (amount > 0) AND amount <> 0", name="negative_only_as_reversal"),
        Index("ix_promise_payments_promise", "promise_id"),
        Index("ix_promise_payments_payment", "payment_id"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    promise_id: Mapped[int] = mapped_column(ForeignKey("promises.id"))
    payment_id: Mapped[int] = mapped_column(ForeignKey("transactions.id"))
    command_id: Mapped[str] = mapped_column(
        ForeignKey("command_log.id", deferrable=True, initially="DEFERRED"), index=True
    )
    amount: Mapped[Decimal]
    at: Mapped[datetime]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("promise_payments.id"), unique=True)


class ThresholdKind(Labelled):
    """What a threshold is told in."""

    AMOUNT = "amount", "Amount"
    PERCENT = "percent", "Per cent of the credit limit"


class WarningThreshold(Record):
    """Where a customer is warned: an amount of balance or of available funds, or a percentage of the permanent limit.

    `crossed_at` is when it was crossed; None: armed. `removed_at`: it warns no more.
    """

    __tablename__ = "warning_thresholds"
    __table_args__ = (
        UniqueConstraint("customer_id", "kind", "value"),
        CheckConstraint("value > 0", name="value_above_zero"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    kind: Mapped[ThresholdKind] = declared(
        Field(CHOICE, "Kind of threshold", of=ThresholdKind, needed="Choose an amount or per cent.")
    )
    value: Mapped[Decimal] = declared(Field(AMOUNT, "Threshold", needed="Give the threshold."))
    crossed_at: Mapped[datetime | None] = mapped_column(info=SUMMARY)
    removed_at: Mapped[datetime | None]
