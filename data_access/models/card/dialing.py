"""Abbreviated dialing: how long the short numbers of a customer may be, and what each of them dials."""

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.text.parsing import international_number, plain
from data_access.fields.field import Field, declared
from data_access.fields.kinds import INTEGER, SHORT_NUMBER, TEXT
from data_access.models.base import Record, Removable, key_type, one_that_stands

LONGEST = 10


def a_target(text: str) -> str:
    """What is dialled: an international number by its digits, anything else as it was typed."""
    told = plain(text)
    return international_number(told) if told.startswith("+") else told


class Dialing(Record):
    """Whether a customer has abbreviated numbers, and how long they may be. None: it has none."""

    __tablename__ = "dialing"
    __table_args__ = (CheckConstraint(f"longest BETWEEN 1 AND {LONGEST}", name="longest_in_bounds"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), unique=True)
    longest: Mapped[int | None] = declared(
        Field(INTEGER, "Maximum abbreviated number length", LONGEST, 1, stands_for="none: no number can be added",
              help="3 allows 1, 34, 145 and 999.")
    )  # fmt: skip


class AbbreviatedNumber(Removable):
    """A short number and what it dials; without a target it is dialled as it is, as 112 and 911 have to be."""

    __tablename__ = "abbreviated_numbers"
    __table_args__ = (
        one_that_stands("abbreviated_numbers", "customer_id", "number"),
        CheckConstraint("number <> ''", name="number_not_empty"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    number: Mapped[str] = declared(
        Field(SHORT_NUMBER, "Abbreviated number", LONGEST, needed="Give the abbreviated number."),
        type_=key_type(LONGEST),
    )
    target: Mapped[str] = declared(
        Field(TEXT, "Number to dial", 64, stands_for="dialled as it is", rule=a_target,
              help="An international number, such as +49 30 1234567, or the ID of one of the customer's accounts. "
              "Blank: the abbreviated number is dialled as it is, which protects 112 and 911."),
    )  # fmt: skip
    description: Mapped[str] = declared(
        Field(TEXT, "Description", 100, help="Such as whose telephone it is.", personal=True)
    )
