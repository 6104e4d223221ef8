"""Fraud protection: where a customer uses services, what it may spend on a day, and what staff changed for today."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.money import ZERO
from data_access.base.permissions import Permission
from data_access.fields.field import Control, Field, declared
from data_access.fields.kinds import AMOUNT, CHOICE, COUNTRY, CURRENCY, INTEGER, REFERENCE, TEXT, at_least
from data_access.models.base import Record, Removable, key_type, one_that_stands

DEFAULT_WARNING = 80
_MEANS = {
    "roaming": "Services can be used in every country.",
    "stationary": "Services can be used in the default and the current country alone.",
}


class Mobility(StrEnum):
    """Whether a customer takes its services from country to country."""

    ROAMING = "roaming"
    STATIONARY = "stationary"


class FraudProfile(Removable):
    """A daily spending plan that many customers share."""

    __tablename__ = "fraud_profiles"
    __table_args__ = (
        one_that_stands("fraud_profiles", "name_key"),
        CheckConstraint("daily_limit >= 0", name="daily_limit_not_negative"),
        CheckConstraint("warning_percent BETWEEN 1 AND 100", name="warning_in_bounds"),
    )

    name: Mapped[str] = declared(Field(TEXT, "Fraud profile", 60, needed="Give the name."))
    name_key: Mapped[str] = mapped_column(key_type(160))
    currency: Mapped[str] = declared(
        Field(CURRENCY, "Currency", needed="Choose the currency from the list.",
              fixed="The currency of a fraud profile stays.")
    )  # fmt: skip
    daily_limit: Mapped[Decimal] = declared(
        Field(AMOUNT, "Daily spending limit", in_currency="currency", needed="Give the limit; 0 lets nothing be used.",
              rule=at_least(ZERO, "A limit cannot be negative."),
              help="Counted at full price, from 00:00 to 24:00 where the customer is billed."),
    )  # fmt: skip
    warning_percent: Mapped[int] = declared(
        Field(INTEGER, "Warning, per cent of the limit", 100, 1, needed="Give the share, from 1 to 100."),
        default=DEFAULT_WARNING,
    )
    description: Mapped[str] = declared(Field(TEXT, "Description", 200))


class FraudProtection(Record):
    """How one customer is protected.

    `raised_limit` holds instead of the daily limit until `raised_until`; usage before `reset_at` is not counted.
    """

    __tablename__ = "fraud_protections"
    __table_args__ = (
        CheckConstraint("(raised_limit IS NULL) = (raised_until IS NULL)", name="raised_until_an_instant"),
        CheckConstraint("warning_percent BETWEEN 1 AND 100", name="warning_in_bounds"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), unique=True)
    default_country: Mapped[str] = declared(
        Field(COUNTRY, "Default country", stands_for="learnt from the first use",
              help="Where services are used as a rule: always safe.")
    )  # fmt: skip
    current_country: Mapped[str] = declared(
        Field(COUNTRY, "Current country", stands_for="learnt from use", help="Where the customer is at present.")
    )
    mobility: Mapped[Mobility] = declared(
        Field(CHOICE, "Allowed mobility", of=Mobility, control=Control.RADIO, captions=_MEANS, needed="Choose one."),
        default=Mobility.ROAMING,
    )
    profile_id: Mapped[int | None] = declared(
        Field(REFERENCE, "Fraud profile", refers_to="fraud_profiles", inherits="fraud_profile_id",
              right=Permission.LIMIT_EDIT, help="Says what can be spent on a day.", stands_for="as the class"),
        ForeignKey("fraud_profiles.id"), index=True,
    )  # fmt: skip
    warning_percent: Mapped[int | None] = declared(
        Field(INTEGER, "Warning, per cent of the daily limit", 100, 1, stands_for="as the profile says")
    )
    raised_limit: Mapped[Decimal | None]
    raised_until: Mapped[datetime | None]
    reset_at: Mapped[datetime | None]
