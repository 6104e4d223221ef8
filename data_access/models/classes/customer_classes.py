"""Customer classes: the parameters that many customers share, each declared on its column."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.money import CURRENCIES, MOST_DECIMALS, ZERO, decimals_of
from data_access.fields.field import Field, declared
from data_access.fields.kinds import (
    AMOUNT,
    CHOICE,
    CODE,
    CURRENCY,
    DAY_FORMAT,
    EMAILS,
    INTEGER,
    LINES,
    REFERENCE,
    TEXT,
    TICK,
    TIME_FORMAT,
    at_least,
)
from data_access.models.base import Record, choice, key_type
from data_access.models.classes.service_features import ServicesOfClass
from data_access.models.usage.measuring import MEASURED_OF_CLASS

_ERASED = "Counted from the permanent termination."
_MONTHS = Field(INTEGER, "", 600, help=_ERASED, stands_for="never")


class Rounding(StrEnum):
    """How the total of an invoice is brought to its precision; negative totals mirror positive ones."""

    AWAY_FROM_ZERO = "away_from_zero"
    HALF_AWAY_FROM_ZERO = "half_away_from_zero"
    TO_FIVE = "to_five"


class NumberScope(StrEnum):
    """Whose invoices share one sequence of numbers without gaps."""

    ENVIRONMENT = "environment"
    RESELLER = "reseller"
    CUSTOMER = "customer"


class SendStatistics(StrEnum):
    """Which details of their usage customers are sent with each invoice."""

    FULL = "full"
    SHORT = "short"
    NONE = "none"


def _most_decimals() -> str:
    """The decimals that can be paid in a class's currency, as SQL; the most of any where it has none."""
    cases = "".join(f" WHEN '{code}' THEN {decimals_of(code)}" for code in CURRENCIES if decimals_of(code) != 2)
    return f"CASE COALESCE(currency, ''){cases} WHEN '' THEN {MOST_DECIMALS} ELSE 2 END"


class AccessLevel(StrEnum):
    """What customers may do in web self-care."""

    FULL = "full_access"
    INVOICES = "invoices_and_payments"
    VIEW = "view_only"


LANGUAGES = {
    "en": "English", "de": "German", "es": "Spanish", "fr": "French", "it": "Italian", "ja": "Japanese", "nl": "Dutch",
    "pl": "Polish", "pt": "Portuguese", "sv": "Swedish",
}  # fmt: skip
_TOKENS = "Made of DD, MM, MON, YYYY and the signs between them, whatever the case."
_OF_TIMES = "Made of HH24, MI, SS and the signs between them, whatever the case."
ACCESS = Field(CHOICE, "Access level", of=AccessLevel, needed="Choose the access level.")
LANGUAGE = Field(CHOICE, "Language", choices=LANGUAGES, needed="Choose the language.")
DAYS_SHOWN = Field(DAY_FORMAT, "Date format", 20, help=_TOKENS, needed="Give the date format.")
TIMES_SHOWN = Field(TIME_FORMAT, "Time format", 20, help=_OF_TIMES, needed="Give the time format.")


class GeneralOfClass:
    """What a class is, and for whom. Without a currency it fits every customer."""

    name: Mapped[str] = declared(Field(CODE, "Class name", 120, needed="Give the name of the class."))
    business_model: Mapped[str] = declared(
        Field(TEXT, "Business model", 60, needed="Give the business model.", help="Such as Residential or Wholesale.")
    )
    currency: Mapped[str | None] = declared(
        Field(CURRENCY, "Currency", stands_for="any currency", fixed="The currency of a class cannot be changed."),
    )
    description: Mapped[str] = declared(Field(TEXT, "Description", 400, stands_for="none"))


class InvoicesOfClass:
    """How invoices of its customers are made. `fees_on_fees`: one of fees alone costs a late fee."""

    rounding: Mapped[Rounding] = declared(
        Field(CHOICE, "Rounding method", of=Rounding, needed="Choose the rounding method."),
        default=Rounding.AWAY_FROM_ZERO,
    )
    rounding_decimals: Mapped[int | None] = declared(
        Field(INTEGER, "Decimals of an invoice total", MOST_DECIMALS, stands_for="those of the currency",
              help="Not more than the currency has. Blank: those of the customer's currency."),
    )  # fmt: skip
    zero_invoices: Mapped[bool] = declared(
        Field(TICK, "Invoices of zero", help="Whether an invoice is issued and sent when there is nothing to pay.")
    )
    fees_on_fees: Mapped[bool] = declared(
        Field(TICK, "Late fees on fees",
              help="Whether an overdue invoice with nothing but late and reactivation fees is charged a late fee."),
    )  # fmt: skip
    number_scope: Mapped[NumberScope] = declared(
        Field(CHOICE, "Invoice numbers run for", of=NumberScope, needed="Choose whose invoices share numbers.",
              help="Whose invoices share one sequence of numbers without gaps."),
        default=NumberScope.ENVIRONMENT,
    )  # fmt: skip
    closing_delay_hours: Mapped[int] = declared(
        Field(INTEGER, "Hours from the end of a billing period to its close", 240, help="0 to 240.",
              needed="Give the hours, from 0 to 240."),
        default=6,
    )  # fmt: skip
    send_statistics: Mapped[SendStatistics] = declared(
        Field(CHOICE, "Send statistics", of=SendStatistics, needed="Choose what is sent with an invoice.",
              help="Which details of their usage customers are sent with each invoice."),
        default=SendStatistics.NONE, server_default=SendStatistics.NONE.value,
    )  # fmt: skip
    issuer_name: Mapped[str] = declared(
        Field(TEXT, "Name on invoices", 120, stands_for="not set: invoices carry the class's name")
    )
    notices_from: Mapped[str] = declared(
        Field(EMAILS, "Sender of notices", 254, stands_for="not set: as the mail server is configured")
    )
    issuer_address: Mapped[str] = declared(
        Field(LINES, "Address on invoices", 400, stands_for="not set"), type_=String(400)
    )
    creates_invoices: Mapped[bool] = declared(
        Field(TICK, "Invoices are created", help="Without them charges stay on the balance, and nothing is collected."),
        default=True,
    )
    sends_invoices: Mapped[bool] = declared(Field(TICK, "Invoices are sent by email"), default=True)
    charges_invoices: Mapped[bool] = declared(
        Field(TICK, "Invoices are charged to the saved method",
              help="The stored card is charged when an invoice is issued."),
    )  # fmt: skip
    invoice_template_id: Mapped[int | None] = declared(
        Field(REFERENCE, "Invoice template", refers_to="invoice_templates", stands_for="the plain one"),
        ForeignKey("invoice_templates.id"), index=True,
    )  # fmt: skip
    tax_profile_id: Mapped[int | None] = declared(
        Field(REFERENCE, "Taxation", refers_to="tax_profiles", stands_for="taxes are included in the rates"),
        ForeignKey("tax_profiles.id"), index=True,
    )  # fmt: skip


class LifeCycleOfClass:
    """How its customers begin, pause and end."""

    default_credit_limit: Mapped[Decimal | None] = declared(
        Field(AMOUNT, "Default credit limit", stands_for="none: new customers start at 0",
              rule=at_least(ZERO, "An amount cannot be negative here.")),
    )  # fmt: skip
    suspend_on_insufficient_funds: Mapped[bool] = declared(
        Field(TICK, "Suspend on insufficient funds",
              help="Prepaid customers whose funds do not cover a fee are suspended."),
    )  # fmt: skip
    reactivation_window_days: Mapped[int] = declared(
        Field(INTEGER, "Days for reactivation", 3650, 1, help="From provisional to permanent termination.",
              needed="Give the days, from 1 to 3,650."),
        default=30,
    )  # fmt: skip
    purge_after_months: Mapped[int | None] = declared(replace(_MONTHS, label="Months until personal data is erased"))
    archive_after_months: Mapped[int | None] = declared(replace(_MONTHS, label="Months until details are archived"))


class UsageOfClass:
    """What the services of its customers cost, and how much of them can be used on a day."""

    tariff_id: Mapped[int | None] = declared(
        Field(REFERENCE, "Tariff", refers_to="tariffs", stands_for="none: usage arrives with its price",
              help="Prices calls and messages that arrive without a price. In the currency of the class."),
        ForeignKey("tariffs.id"), index=True,
    )  # fmt: skip
    measured_services: Mapped[str] = declared(MEASURED_OF_CLASS)
    wallet_notice_days: Mapped[int | None] = declared(
        Field(INTEGER, "Days before a top-up expires on which the customer is told", 365, stands_for="never",
              help="0: on its last day."),
        default=3, server_default="3",
    )  # fmt: skip
    fraud_profile_id: Mapped[int | None] = declared(
        Field(REFERENCE, "Fraud profile", refers_to="fraud_profiles", stands_for="none: nothing limits a day",
              help="Says what its customers can spend on a day. In the currency of the class."),
        ForeignKey("fraud_profiles.id"), index=True,
    )  # fmt: skip


class SelfCareOfClass:
    """What its customers see in web self-care, and how."""

    self_care_access: Mapped[AccessLevel] = declared(ACCESS, type_=choice(AccessLevel), default=AccessLevel.FULL)
    self_care_language: Mapped[str] = declared(LANGUAGE, type_=String(2), default="en")
    self_care_date: Mapped[str] = declared(DAYS_SHOWN, default="YYYY-MM-DD")
    self_care_time: Mapped[str] = declared(TIMES_SHOWN, default="HH24:MI")


class CustomerClass(
    GeneralOfClass,
    InvoicesOfClass,
    LifeCycleOfClass,
    UsageOfClass,
    SelfCareOfClass,
    ServicesOfClass,
    Record,
):
    """Parameters shared by many customers.

    The terms of its invoices and their collection stand in `CollectionPolicy`, a version a row. One class is there
    always: the first, which cannot be deleted. `removed_at`: deleted, and in no list any more.
    """

    __tablename__ = "customer_classes"
    __table_args__ = (
        CheckConstraint(f"rounding_decimals BETWEEN 0 AND {_most_decimals()}", name="rounding_decimals_in_bounds"),
        CheckConstraint("closing_delay_hours BETWEEN 0 AND 240", name="closing_delay_in_bounds"),
        CheckConstraint("purge_after_months >= 0 AND archive_after_months >= 0", name="months_not_negative"),
        CheckConstraint("reactivation_window_days BETWEEN 1 AND 3650", name="window_in_bounds"),
        CheckConstraint("default_credit_limit >= 0", name="default_limit_not_negative"),
    )

    name_key: Mapped[str] = mapped_column(key_type(160), unique=True)
    is_default: Mapped[bool] = mapped_column(default=False)
    removed_at: Mapped[datetime | None]
