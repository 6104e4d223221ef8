"""Quotas: how much of a service a customer may use without a charge, and what was used of it."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.bookings import INTERNET, SERVICES
from data_access.base.text.numerals import counted
from data_access.fields.field import Control, Field, Typed, declared
from data_access.fields.kinds import AMOUNT, CHOICE, DAY, INTEGER
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


_ROLLOVERS = {"0": "Expires"} | {
    f"{count}": f"Rolls over for {counted(count, 'period')}" for count in range(1, MOST_ROLLOVERS + 1)
}
_BEYOND = {
    WhenUsedUp.NORMAL_PRICE.value: "What goes beyond is charged.",
    WhenUsedUp.BLOCK.value: "What goes beyond is refused.",
    WhenUsedUp.LIMIT.value: "Internet access continues at a lower speed; what goes beyond is charged.",
}


def _offered(typed: Typed) -> list[str]:
    """What can happen to usage of a service that a quota does not cover."""
    return [one.value for one in WhenUsedUp if one is not WhenUsedUp.LIMIT or typed.get("service") == INTERNET]


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
    service: Mapped[str] = declared(
        Field(CHOICE, "Service", choices={name: name for name in SERVICES}, needed="Choose the service."),
        type_=String(40),
    )  # fmt: skip
    unit: Mapped[Unit] = declared(Field(CHOICE, "Unit", of=Unit, needed="Choose the unit."))
    allowance: Mapped[Decimal] = declared(
        Field(AMOUNT, "Allowance", needed="Give how much can be used in each period.",
              help="How much can be used in each period without a charge."),
    )  # fmt: skip
    renewal: Mapped[BillingPeriod] = declared(
        Field(CHOICE, "Renewal", of=BillingPeriod, needed="Choose the renewal."), default=BillingPeriod.MONTHLY
    )
    rollovers: Mapped[int] = declared(
        Field(INTEGER, "Rollovers", MOST_ROLLOVERS, control=Control.LIST, choices=_ROLLOVERS,
              needed="Choose for how many periods what is left can roll over."),
        default=0,
    )  # fmt: skip
    when_used_up: Mapped[WhenUsedUp] = declared(
        Field(CHOICE, "When used up", of=WhenUsedUp, control=Control.RADIO, captions=_BEYOND, offers=_offered,
              needed="Choose one of these.",
              not_offered=f"{INTERNET} alone can continue at a lower speed: choose the normal price, or block."),
        default=WhenUsedUp.NORMAL_PRICE,
    )  # fmt: skip
    started_on: Mapped[date] = declared(Field(DAY, "Started on"))
    ended_on: Mapped[date | None]


class MeasuredUse(WrittenOnce):
    """How much a usage charge is for, and its price before quotas covered any of it."""

    __tablename__ = "measured_uses"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_above_zero"),
        CheckConstraint("price >= 0", name="price_not_negative"),
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
