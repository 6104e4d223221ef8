"""Invoices, the ledger of balance transactions, and which payment settled which invoice."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, UniqueConstraint, and_, literal_column
from sqlalchemy import text as sql
from sqlalchemy.ext.hybrid import hybrid_method, hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.bookings import BOOKINGS, Kind
from data_access.base.clock import Instant
from data_access.base.money import ZERO
from data_access.base.text.masking import FreeText
from data_access.models.base import SUMMARY, Base, Record, Reversible, WrittenOnce


class InvoiceType(StrEnum):
    REGULAR = "regular"
    OUT_OF_TURN = "out_of_turn"
    MIDTERM = "midterm"
    INITIAL = "initial"
    OPENING = "opening"


class PaymentStatus(StrEnum):
    """How far an invoice is paid. Overdue is never stored: the clock decides it."""

    UNPAID = "unpaid"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    VOID = "void"
    DO_NOT_PAY = "do_not_pay"


class CollectionStatus(StrEnum):
    COLLECT = "collect"
    DO_NOT_COLLECT = "do_not_collect"


OPEN = (PaymentStatus.UNPAID, PaymentStatus.PARTLY_PAID)
OVER = (PaymentStatus.PAID, PaymentStatus.VOID)  # nothing is asked for any more
OPEN_INVOICE = sql("payment_status IN ('unpaid', 'partly_paid')")
REPLACING = sql("replaces_id IS NOT NULL")


class Invoice(Record):
    """What a customer was asked to pay. `overdue_from`: when the due day has ended in the customer's zone."""

    __tablename__ = "invoices"
    __table_args__ = (
        UniqueConstraint("customer_id", "number"),
        CheckConstraint("paid >= 0", name="paid_not_negative"),
        CheckConstraint("total < 0 OR paid <= total", name="paid_at_most_total"),
        CheckConstraint("due_on >= issued_on OR replaces_id IS NOT NULL", name="due_not_before_issue"),
        Index("ix_invoices_customer_issued", "customer_id", "issued_on", "id"),
        Index(
            "ix_invoices_open", "customer_id", "overdue_from", sqlite_where=OPEN_INVOICE, postgresql_where=OPEN_INVOICE
        ),
        Index("ix_invoices_replaces_id", "replaces_id", sqlite_where=REPLACING, postgresql_where=REPLACING),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    policy_id: Mapped[int] = mapped_column(ForeignKey("collection_policies.id"))
    number: Mapped[str] = mapped_column(String(40), index=True)
    type: Mapped[InvoiceType]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("invoices.id"))
    period_from: Mapped[date | None]
    period_to: Mapped[date | None]
    issued_on: Mapped[date]
    due_on: Mapped[date]
    overdue_from: Mapped[datetime]
    currency: Mapped[str] = mapped_column(String(3))
    total: Mapped[Decimal]
    paid: Mapped[Decimal] = mapped_column(default=ZERO, info=SUMMARY)
    payment_status: Mapped[PaymentStatus] = mapped_column(default=PaymentStatus.UNPAID, info=SUMMARY)
    collection_status: Mapped[CollectionStatus] = mapped_column(default=CollectionStatus.COLLECT)
    disputed: Mapped[bool] = mapped_column(default=False)
    voided_at: Mapped[datetime | None]

    @hybrid_property
    def open(self) -> Decimal:
        """What is still to be paid, while it is open."""
        return self.total - self.paid

    @hybrid_property
    def is_open(self) -> bool:
        """Not fully paid. In literals: the partial index serves no statement with bound values."""
        return self.payment_status in OPEN

    @is_open.inplace.expression
    @classmethod
    def _is_open(cls) -> ColumnElement[bool]:
        return cls.payment_status.in_([literal_column(f"'{status.value}'", String) for status in OPEN])

    @hybrid_property
    def is_dunned(self) -> bool:
        """Open, and to be collected."""
        return self.is_open and self.collection_status is CollectionStatus.COLLECT

    @is_dunned.inplace.expression
    @classmethod
    def _is_dunned(cls) -> ColumnElement[bool]:
        return and_(cls.is_open, cls.collection_status == CollectionStatus.COLLECT)

    @hybrid_method
    def is_overdue(self, now: Instant) -> bool:
        """To be collected, and its due day has ended where the customer is billed."""
        return self.is_dunned and bool(self.overdue_from <= now)

    @is_overdue.expression
    @classmethod
    def _is_overdue(cls, now: Instant) -> ColumnElement[bool]:
        return and_(cls.is_dunned, cls.overdue_from <= now)


class InvoiceLine(WrittenOnce):
    """One line of an invoice: a booking that it covers, or, with `transaction_id` None, what rounding makes of it.

    A booking stands on one invoice that is not void, at most. `tax_part`: which taxes of the invoice are about it.
    """

    __tablename__ = "invoice_lines"
    __table_args__ = (
        Index("ix_invoice_lines_invoice", "invoice_id", "id"),
        Index("ix_invoice_lines_transaction", "transaction_id"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    invoice_id: Mapped[int] = mapped_column(ForeignKey("invoices.id"))
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"))
    service: Mapped[str] = mapped_column(String(40), default="")
    says: Mapped[str] = mapped_column(FreeText(400), default="")
    amount: Mapped[Decimal]
    tax_part: Mapped[int | None]


class InvoiceSeries(Base):
    """The last number given in a scope; locked while the next one is taken, so that none is lost."""

    __tablename__ = "invoice_series"

    scope: Mapped[str] = mapped_column(String(60), primary_key=True)
    last: Mapped[int]


def kinds(direction: int) -> str:
    """The kinds that move a balance in a direction, as a list in SQL."""
    return ", ".join(f"'{row.kind.value}'" for row in BOOKINGS.values() if row.direction == direction)


BY_ACCOUNT, BY_PERSON = sql("account_id IS NOT NULL"), sql("person_id IS NOT NULL")
RATED = sql("kind = 'usage_charge' AND reverses_id IS NULL AND reference <> ''")


class Transaction(Reversible):
    """One movement of a balance, never changed. `amount` positive: the customer owes more; zero: quotas covered it.

    `value_on` is the day that the money counts for; `at` is when it was recorded. `account_id`: which used the service.
    """

    __tablename__ = "transactions"
    __table_args__ = (
        UniqueConstraint("command_id", "line"),
        CheckConstraint("amount <> 0 OR kind = 'usage_charge'", name="amount_not_zero"),
        CheckConstraint(
            f"reverses_id IS NOT NULL OR (kind IN ({kinds(+1)}) AND amount >= 0)"
            f" OR (kind IN ({kinds(-1)}) AND amount < 0) OR kind IN ({kinds(0)})",
            name="sign_follows_kind",
        ),
        Index("ix_transactions_customer_at", "customer_id", "at", "id"),
        Index("ix_transactions_person_at", "person_id", "at", sqlite_where=BY_PERSON, postgresql_where=BY_PERSON),
        Index("ix_transactions_account_id", "account_id", sqlite_where=BY_ACCOUNT, postgresql_where=BY_ACCOUNT),
        Index(
            "uq_transactions_customer_id_reference",
            "customer_id",
            "reference",
            unique=True,
            sqlite_where=RATED,
            postgresql_where=RATED,
        ),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    command_id: Mapped[str] = mapped_column(ForeignKey("command_log.id", deferrable=True, initially="DEFERRED"))
    line: Mapped[int] = mapped_column(default=1)
    kind: Mapped[Kind]
    amount: Mapped[Decimal]
    balance_after: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(String(3))
    at: Mapped[datetime]
    value_on: Mapped[date]
    service: Mapped[str | None] = mapped_column(String(40))
    method: Mapped[str | None] = mapped_column(String(20))
    reference: Mapped[str] = mapped_column(FreeText(80), default="")
    visible_comment: Mapped[str] = mapped_column(FreeText(400), default="")
    internal_comment: Mapped[str] = mapped_column(FreeText(400), default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"), unique=True)


REFUNDED = sql("refund_id IS NOT NULL")


class Allocation(Reversible):
    """Part of a payment put to one use: an invoice, or a refund. A negative row takes an earlier one back."""

    __tablename__ = "allocations"
    __table_args__ = (
        CheckConstraint("(invoice_id IS NULL) <> (refund_id IS NULL)", name="one_use"),
        CheckConstraint("(reverses_id IS NULL) = (amount > 0) AND amount <> 0", name="negative_only_as_reversal"),
        Index("ix_allocations_payment", "payment_id"),
        Index("ix_allocations_invoice", "invoice_id"),
        Index("ix_allocations_customer", "customer_id"),
        Index("ix_allocations_refund_id", "refund_id", sqlite_where=REFUNDED, postgresql_where=REFUNDED),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    command_id: Mapped[str] = mapped_column(
        ForeignKey("command_log.id", deferrable=True, initially="DEFERRED"), index=True
    )
    payment_id: Mapped[int] = mapped_column(ForeignKey("transactions.id"))
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoices.id"))
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"))
    amount: Mapped[Decimal]
    at: Mapped[datetime]
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("allocations.id"), unique=True)
