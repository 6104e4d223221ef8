"""Measured services: what is counted of a customer all the time, and what an item of it costs a billing period."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.bookings import SERVICES
from data_access.base.measured_parameters import ChargeBasis, MeasuredParameter
from data_access.base.money import ZERO
from data_access.fields.field import Control, Field, declared, fields_of
from data_access.fields.kinds import AMOUNT, CHOICE, CODE, INTEGER, ROWS, at_least, json_rows
from data_access.models.base import Removable, WrittenOnce

STANDING = sql("removed_at IS NULL")
MOST_ITEMS = 10_000_000


_BASED = {
    "none": "It is measured and shown alone.",
    "average": "Over the time of the period: each value counts for as long as it held.",
    "maximum": "The highest value of the period.",
    "minimum": "The lowest value of the period.",
}


class MeasuredService(Removable):
    """A parameter that is charged by a customer's own terms, in place of those of the class."""

    __tablename__ = "measured_services"
    __table_args__ = (
        Index(
            "uq_measured_services_customer_id_parameter", "customer_id", "parameter", unique=True,
            sqlite_where=STANDING, postgresql_where=STANDING,
        ),
        CheckConstraint("price >= 0", name="price_not_negative"),
        CheckConstraint("free_items >= 0", name="free_items_not_negative"),
    )  # fmt: skip

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    parameter: Mapped[MeasuredParameter] = declared(
        Field(CHOICE, "Measured parameter", of=MeasuredParameter, needed="Choose what is measured.")
    )
    basis: Mapped[ChargeBasis] = declared(
        Field(CHOICE, "Charge based on", of=ChargeBasis, control=Control.RADIO, captions=_BASED,
              needed="Choose what the charge is based on."),
        default=ChargeBasis.NONE,
    )  # fmt: skip
    price: Mapped[Decimal] = declared(
        Field(AMOUNT, "Price per item", needed="Give the price of an item; 0 charges nothing.",
              help="For a whole billing period; part of one is charged by its share of the days.",
              rule=at_least(ZERO, "A price cannot be negative; 0 charges nothing.")),
        default=ZERO,
    )  # fmt: skip
    free_items: Mapped[int] = declared(
        Field(INTEGER, "Items free of charge", MOST_ITEMS, 0, needed="Give the items free of charge; 0 for none."),
        default=0,
    )
    rate_code: Mapped[str] = declared(Field(CODE, "Rate code", 40, help="Stands on the invoice beside the service."))
    service: Mapped[str] = declared(
        Field(CHOICE, "Service", choices={name: name for name in SERVICES}, needed="Choose the service.",
              help="Under which the charge stands on the invoice."),
        type_=String(40), default="Other",
    )  # fmt: skip


class MeasuredSample(WrittenOnce):
    """What was counted at an instant; it holds until the next one."""

    __tablename__ = "measured_samples"
    __table_args__ = (
        UniqueConstraint("customer_id", "parameter", "at"),
        CheckConstraint("value >= 0", name="value_not_negative"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    parameter: Mapped[MeasuredParameter]
    at: Mapped[datetime]
    value: Mapped[int]


def _each_once(text: str) -> str:
    """The rows, if no two of them are about the same parameter."""
    parameters = [row[0] for row in MEASURED_ROWS.split(text)]
    if len(parameters) > len(set(parameters)):
        raise ValueError("Each parameter can be given once.")
    return text


def _said(text: str, _field: Field) -> str:
    rows = [zip(MEASURED_ROWS.columns, row, strict=True) for row in MEASURED_ROWS.split(text)]
    return "; ".join(", ".join(words for one, cell in row if (words := one.said(one.read(cell)))) for row in rows)


MEASURED_ROWS = json_rows(
    *(replace(one, control=Control.LIST, captions=None) if one.captions else one for one in fields_of(MeasuredService)),
    says="Each parameter once; a customer's own terms stand in place of these. To remove a row, empty it.",
)
MEASURED_OF_CLASS = Field(
    replace(ROWS, said=_said), "Measured services", rows=MEASURED_ROWS, rule=_each_once, stands_for="none"
)
