"""Custom fields: what administrators define, for which classes, and the values of a customer."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.money import SCALE
from data_access.fields.field import Control, Field, When, declared
from data_access.fields.kinds import CHOICE, INTEGER, LINES, TEXT, TICK
from data_access.models.base import PERSONAL, SUMMARY, Record, Removable, key_type, one_that_stands

LONGEST_TEXT = 400
KEY_LENGTH = 200
_OF_LISTS, _OF_TEXTS, _OF_NUMBERS = (When("kind", frozenset({kind})) for kind in ("list", "text", "number"))
_STAYS = "stays as it was first saved: values are kept by it."


class CustomKind(StrEnum):
    """What a custom field holds."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    DATE_TIME = "date_time"
    LIST = "list"


class EndUser(StrEnum):
    """What the customer itself can do with a custom field, in web self-care."""

    HIDDEN = "hidden"
    VISIBLE = "visible"
    EDITABLE = "editable"


class CustomField(Removable):
    """A field that an administrator defined. `start`: what stands in it for a new customer.

    `longest` and `written_as` are of a text, `decimals` of a number: they are asked of what is entered from now on.
    """

    __tablename__ = "custom_fields"
    __table_args__ = (
        one_that_stands("custom_fields", "name_key"),
        CheckConstraint(f"longest BETWEEN 1 AND {LONGEST_TEXT}", name="longest_in_bounds"),
        CheckConstraint(f"decimals BETWEEN 0 AND {SCALE}", name="decimals_in_bounds"),
    )

    name: Mapped[str] = declared(Field(TEXT, "Custom field", 60, needed="Give the name."))
    name_key: Mapped[str] = mapped_column(key_type(160))
    kind: Mapped[CustomKind] = declared(
        Field(CHOICE, "Type", of=CustomKind, needed="Choose the type.", fixed=f"The type {_STAYS}"),
        default=CustomKind.TEXT,
    )
    choices: Mapped[str] = declared(
        Field(LINES, "Choices", 4000, shown_when=_OF_LISTS, help="Of a list: one per line. Only one of them is chosen.")
    )
    longest: Mapped[int | None] = declared(
        Field(INTEGER, "Maximum length", LONGEST_TEXT, 1, shown_when=_OF_TEXTS, stands_for=f"{LONGEST_TEXT}")
    )
    written_as: Mapped[str] = declared(
        Field(TEXT, "Format", 40, shown_when=_OF_TEXTS, stands_for="any",
              help="A is a letter, 9 a digit, X either; any other mark is itself, as in AA-9999."),
        server_default="",
    )  # fmt: skip
    decimals: Mapped[int | None] = declared(
        Field(INTEGER, "Decimals", SCALE, 0, shown_when=_OF_NUMBERS, stands_for=f"at most {SCALE}")
    )
    mandatory: Mapped[bool] = declared(Field(TICK, "Mandatory", help="A customer of its classes needs it."))
    start: Mapped[str] = declared(
        Field(TEXT, "Default", LONGEST_TEXT, help="Stands in the form of a new customer. Written as a value is.")
    )
    personal: Mapped[bool] = declared(
        Field(TICK, "Contains personal data", control=Control.TICK, fixed=f"Whether it is personal data {_STAYS}",
              help="Masked for those who may not see personal data, and erased with it."),
    )  # fmt: skip
    end_user: Mapped[EndUser] = declared(
        Field(CHOICE, "For the customer itself", of=EndUser, control=Control.SIDE_BY_SIDE, needed="Choose one.",
              help="In web self-care."),
        default=EndUser.HIDDEN, server_default="hidden",
    )  # fmt: skip
    help: Mapped[str] = declared(Field(TEXT, "Help", 200, help="Shown beside the field."))


class CustomFieldOfClass(Removable):
    """That customers of a class have a custom field."""

    __tablename__ = "custom_fields_of_classes"
    __table_args__ = (one_that_stands("custom_fields_of_classes", "customer_class_id", "custom_field_id"),)

    customer_class_id: Mapped[int] = mapped_column(ForeignKey("customer_classes.id"))
    custom_field_id: Mapped[int] = mapped_column(ForeignKey("custom_fields.id"), index=True)


class CustomValue(Record):
    """What stands in a custom field of a customer, as one would type it; of personal data in a column of its own.

    The keys sort and compare as the values do.
    """

    __tablename__ = "custom_values"
    __table_args__ = (UniqueConstraint("customer_id", "custom_field_id"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    custom_field_id: Mapped[int] = mapped_column(ForeignKey("custom_fields.id"), index=True)
    value: Mapped[str] = mapped_column(Text, default="")
    sort_key: Mapped[str] = mapped_column(key_type(KEY_LENGTH), default="", info=SUMMARY)
    personal_value: Mapped[str] = mapped_column(Text, default="", info=PERSONAL)
    personal_key: Mapped[str] = mapped_column(key_type(KEY_LENGTH), default="", info=SUMMARY)
