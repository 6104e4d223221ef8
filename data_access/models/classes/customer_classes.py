"""Customer classes: the parameters that many customers share."""

from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.money import CURRENCIES, MOST_DECIMALS, decimals_of
from data_access.models.base import Record, key_type


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


def _most_decimals() -> str:
    """The decimals that can be paid in a class's currency, as SQL; the most of any where it has none."""
    cases = "".join(f" WHEN '{code}' THEN {decimals_of(code)}" for code in CURRENCIES if decimals_of(code) != 2)
    return f"CASE COALESCE(currency, ''){cases} WHEN '' THEN {MOST_DECIMALS} ELSE 2 END"


class CustomerClass(Record):
    """Parameters shared by many customers. `currency` None fits every currency.

    The terms of its invoices and their collection stand in `CollectionPolicy`, a version a row. `rounding_decimals`
    None: those of the currency, which are the most there can be. `zero_invoices`: an invoice is issued also where
    there is nothing to pay. `fees_on_fees`: one of fees alone costs a late fee. Months None: never.
    """

    __tablename__ = "customer_classes"
    __table_args__ = (
        CheckConstraint(f"rounding_decimals BETWEEN 0 AND {_most_decimals()}", name="rounding_decimals_in_bounds"),
        CheckConstraint("closing_delay_hours BETWEEN 0 AND 240", name="closing_delay_in_bounds"),
        CheckConstraint("purge_after_months >= 0 AND archive_after_months >= 0", name="months_not_negative"),
        CheckConstraint("reactivation_window_days BETWEEN 1 AND 3650", name="window_in_bounds"),
        CheckConstraint("default_credit_limit >= 0", name="default_limit_not_negative"),
    )

    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(key_type(160), unique=True)
    business_model: Mapped[str] = mapped_column(String(60))
    currency: Mapped[str | None] = mapped_column(String(3))
    default_credit_limit: Mapped[Decimal | None]
    reactivation_window_days: Mapped[int] = mapped_column(default=30)
    suspend_on_insufficient_funds: Mapped[bool] = mapped_column(default=False)
    closing_delay_hours: Mapped[int] = mapped_column(default=6)
    rounding: Mapped[Rounding] = mapped_column(default=Rounding.AWAY_FROM_ZERO)
    rounding_decimals: Mapped[int | None]
    zero_invoices: Mapped[bool] = mapped_column(default=False)
    fees_on_fees: Mapped[bool] = mapped_column(default=False)
    number_scope: Mapped[NumberScope] = mapped_column(default=NumberScope.ENVIRONMENT)
    issuer_name: Mapped[str] = mapped_column(String(120), default="")
    issuer_address: Mapped[str] = mapped_column(String(400), default="")
    notices_from: Mapped[str] = mapped_column(String(254), default="")
    purge_after_months: Mapped[int | None]
    archive_after_months: Mapped[int | None]
    description: Mapped[str] = mapped_column(String(400), default="")
