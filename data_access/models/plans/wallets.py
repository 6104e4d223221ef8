"""Service wallets: what can be topped up, what a customer topped up, and what usage took of that."""

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.bookings import SERVICES
from data_access.base.money import ZERO
from data_access.fields.field import Field, declared
from data_access.fields.kinds import AMOUNT, CHOICE, CURRENCY, INTEGER, TEXT, TICK, at_least
from data_access.models.base import Removable, WrittenOnce, key_type
from data_access.models.quotas import Unit

LONGEST_LIFE = 3650
STANDING = sql("removed_at IS NULL")


class TopUpOption(Removable):
    """What can be added to a service wallet at once: so much of a service, for a fee, for so many days."""

    __tablename__ = "top_up_options"
    __table_args__ = (
        Index("uq_top_up_options_name_key", "name_key", unique=True, sqlite_where=STANDING, postgresql_where=STANDING),
        CheckConstraint("amount > 0", name="amount_above_zero"),
        CheckConstraint("fee >= 0", name="fee_not_negative"),
        CheckConstraint(f"lifetime_days BETWEEN 1 AND {LONGEST_LIFE}", name="lifetime_in_bounds"),
    )

    name: Mapped[str] = declared(Field(TEXT, "Top-up", 120, needed="Give the name."))
    name_key: Mapped[str] = mapped_column(key_type(160))
    service: Mapped[str] = declared(
        Field(CHOICE, "Service", choices={name: name for name in SERVICES}, needed="Choose the service."),
        type_=String(40),
    )  # fmt: skip
    amount: Mapped[Decimal] = declared(Field(AMOUNT, "Amount", needed="Give how much is added."))
    unit: Mapped[Unit] = declared(Field(CHOICE, "Unit", of=Unit, needed="Choose the unit."))
    fee: Mapped[Decimal] = declared(
        Field(AMOUNT, "Fee", in_currency="currency", needed="Give the fee.",
              rule=at_least(ZERO, "A fee cannot be negative; 0 charges nothing.")),
    )  # fmt: skip
    currency: Mapped[str] = declared(
        Field(CURRENCY, "Currency", needed="Choose the currency from the list.",
              fixed="The currency of a top-up stays.")
    )  # fmt: skip
    lifetime_days: Mapped[int] = declared(
        Field(INTEGER, "Lifetime in days", LONGEST_LIFE, 1, needed="Give for how many days it can be used.",
              help="The day of the top-up is the first one."),
    )  # fmt: skip
    is_offered: Mapped[bool] = declared(
        Field(TICK, "Offered", help="Without it nobody can buy it any more; what was topped up stays."), default=True
    )


class TopUp(WrittenOnce):
    """What a customer added to a wallet: to that of the service and the unit. It can be used up to `expires_on`.

    `transaction_id`: the booking of its fee, None where it was free; it counts until that is reversed.
    """

    __tablename__ = "top_ups"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_above_zero"),
        CheckConstraint("expires_on >= begun_on", name="expires_after_its_start"),
        Index("ix_top_ups_customer_id", "customer_id", "id"),
        Index("ix_top_ups_expires_on", "expires_on", "id"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    option_id: Mapped[int] = mapped_column(ForeignKey("top_up_options.id"), index=True)
    transaction_id: Mapped[int | None] = mapped_column(ForeignKey("transactions.id"), unique=True)
    service: Mapped[str] = mapped_column(String(40))
    unit: Mapped[Unit]
    quantity: Mapped[Decimal]
    begun_on: Mapped[date]
    expires_on: Mapped[date]


class WalletUse(WrittenOnce):
    """What one usage charge took out of one top-up. It counts until the charge is reversed."""

    __tablename__ = "wallet_uses"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_above_zero"),
        UniqueConstraint("transaction_id", "top_up_id"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    transaction_id: Mapped[int] = mapped_column(ForeignKey("transactions.id"))
    top_up_id: Mapped[int] = mapped_column(ForeignKey("top_ups.id"), index=True)
    quantity: Mapped[Decimal]
