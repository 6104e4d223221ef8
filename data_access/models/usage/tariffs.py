"""Tariffs: what a call or a message costs by the number it goes to."""

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.money import ZERO
from data_access.base.text.parsing import MOST_DIGITS
from data_access.fields.field import Field, declared
from data_access.fields.kinds import AMOUNT, CURRENCY, DIGITS, INTEGER, REFERENCE, TEXT, at_least
from data_access.models.base import Removable, key_type, one_that_stands

LONGEST_INTERVAL = 3600
_STAYS = "The currency of a tariff stays: its rates are in it."
_NOT_NEGATIVE = at_least(ZERO, "A price cannot be negative; 0 charges nothing.")


class Tariff(Removable):
    """Rates in one currency, under one name."""

    __tablename__ = "tariffs"
    __table_args__ = (one_that_stands("tariffs", "name_key"),)

    name: Mapped[str] = declared(Field(TEXT, "Tariff", 120, needed="Give the name."))
    name_key: Mapped[str] = mapped_column(key_type(160))
    currency: Mapped[str] = declared(
        Field(CURRENCY, "Currency", needed="Choose the currency from the list.", fixed=_STAYS)
    )
    description: Mapped[str] = declared(Field(TEXT, "Description", 400))


class TariffRate(Removable):
    """What a tariff asks for numbers that begin with a prefix. `message_price` None: messages are not sold there."""

    __tablename__ = "rates"
    __table_args__ = (
        one_that_stands("rates", "tariff_id", "prefix"),
        CheckConstraint("prefix <> ''", name="prefix_not_empty"),
        CheckConstraint("price >= 0 AND message_price >= 0", name="prices_not_negative"),
        CheckConstraint("first_seconds >= 1 AND next_seconds >= 1 AND free_seconds >= 0", name="seconds_in_bounds"),
    )

    tariff_id: Mapped[int] = mapped_column(ForeignKey("tariffs.id"))
    prefix: Mapped[str] = declared(
        Field(DIGITS, "Prefix", MOST_DIGITS, needed="Give the prefix.",
              help="The digits with which the numbers begin, country code first."),
        type_=key_type(MOST_DIGITS),
    )  # fmt: skip
    destination: Mapped[str] = declared(Field(TEXT, "Destination", 80, needed="Give the destination."))
    price: Mapped[Decimal] = declared(
        Field(AMOUNT, "Price a minute", needed="Give the price of a minute.", rule=_NOT_NEGATIVE)
    )
    message_price: Mapped[Decimal | None] = declared(
        Field(AMOUNT, "Price a message", rule=_NOT_NEGATIVE, stands_for="not sold",
              help="Blank: messages to these numbers have no price, and are refused."),
    )  # fmt: skip
    first_seconds: Mapped[int] = declared(
        Field(INTEGER, "First interval", LONGEST_INTERVAL, 1, needed="Give the seconds of the first interval.",
              help="The seconds that are charged at least."),
        default=1,
    )  # fmt: skip
    next_seconds: Mapped[int] = declared(
        Field(INTEGER, "Next interval", LONGEST_INTERVAL, 1, needed="Give the seconds of each further interval.",
              help="The seconds by which the charged time grows after the first interval."),
        default=1,
    )  # fmt: skip
    free_seconds: Mapped[int] = declared(
        Field(INTEGER, "Free seconds", LONGEST_INTERVAL, 0, needed="Give the free seconds of each call; 0 for none.",
              help="The seconds of each call that cost nothing; what is longer is charged from there."),
        default=0,
    )  # fmt: skip


class OverrideTariff(Removable):
    """That for one customer a tariff is overridden by another: both are asked, and the longer prefix wins."""

    __tablename__ = "override_tariffs"
    __table_args__ = (
        one_that_stands("override_tariffs", "customer_id", "original_id"),
        CheckConstraint("original_id <> override_id", name="two_tariffs"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    original_id: Mapped[int] = declared(
        Field(REFERENCE, "Original tariff", needed="Choose the tariff that is overridden.", refers_to="tariffs"),
        ForeignKey("tariffs.id"), index=True,
    )  # fmt: skip
    override_id: Mapped[int] = declared(
        Field(REFERENCE, "Override tariff", needed="Choose the tariff that overrides it.", refers_to="tariffs"),
        ForeignKey("tariffs.id"), index=True,
    )  # fmt: skip
