"""Quotas: how much of a service a customer may use without a charge, and what was used of it."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.bookings import INTERNET
from data_access.models.base import Record, WrittenOnce
from data_access.models.customers import BillingPeriod

MOST_ROLLOVERS = 3


class Unit(StrEnum):
    """What usage is measured in."""

    MINUTES = "minutes"
    MESSAGES = "messages"
    MEGABYTES = "megabytes"
    PIECES = "pieces"


class WhenUsedUp(StrEnum):
    """What happens to usage that a quota does not cover. LIMIT: for internet access alone, which goes on slower."""

    NORMAL_PRICE = "normal_price"
    BLOCK = "block"
    LIMIT = "limit"


RUNNING = sql("ended_on IS NULL")


class Quota(Record):
    """An allowance that is granted again each period; what is left of it lives on for so many periods more.

    No period begins after `ended_on`; before `started_on` it was withdrawn unused. What was granted is never taken
    back, so the terms of a period do not change once something was used: another quota follows this one instead.
    """

    __tablename__ = "quotas"
    __table_args__ = (
        CheckConstraint("allowance > 0", name="allowance_above_zero"),
        CheckConstraint(f"rollovers BETWEEN 0 AND {MOST_ROLLOVERS}", name="rollovers_in_bounds"),
        CheckConstraint(f"when_used_up <> 'limit' OR service = '{INTERNET}'", name="internet_alone_is_limited"),
        Index(
            "uq_quotas_customer_id_service_unit",
            "customer_id",
            "service",
            "unit",
            unique=True,
            sqlite_where=RUNNING,
            postgresql_where=RUNNING,
        ),
        Index("ix_quotas_customer_id", "customer_id", "id"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    service: Mapped[str] = mapped_column(String(40))
    unit: Mapped[Unit]
    allowance: Mapped[Decimal]
    renewal: Mapped[BillingPeriod] = mapped_column(default=BillingPeriod.MONTHLY)
    rollovers: Mapped[int] = mapped_column(default=0)
    when_used_up: Mapped[WhenUsedUp] = mapped_column(default=WhenUsedUp.NORMAL_PRICE)
    started_on: Mapped[date]
    ended_on: Mapped[date | None]


class MeasuredUse(WrittenOnce):
    """How much a usage charge is for, and its price before quotas covered any of it."""

    __tablename__ = "measured_uses"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_above_zero"),
        CheckConstraint("price > 0", name="price_above_zero"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    transaction_id: Mapped[int] = mapped_column(ForeignKey("transactions.id"), unique=True)
    quantity: Mapped[Decimal]
    unit: Mapped[Unit]
    price: Mapped[Decimal]


class QuotaUse(WrittenOnce):
    """What one usage charge took out of one grant: that of the period that began on `granted_on`.

    It counts until the charge is reversed.
    """

    __tablename__ = "quota_uses"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_above_zero"),
        UniqueConstraint("transaction_id", "quota_id", "granted_on"),
        Index("ix_quota_uses_grant", "quota_id", "granted_on"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    transaction_id: Mapped[int] = mapped_column(ForeignKey("transactions.id"))
    quota_id: Mapped[int] = mapped_column(ForeignKey("quotas.id"))
    granted_on: Mapped[date]
    quantity: Mapped[Decimal]
