"""What customers pay for again and again: plans as they are sold, and subscriptions to them."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.money import ZERO
from data_access.fields.field import Control, Field, declared
from data_access.fields.kinds import AMOUNT, CHOICE, CURRENCY, INTEGER, TEXT, TICK, at_least
from data_access.models.base import SUMMARY, Record, key_type


class ChargeModel(StrEnum):
    IN_ADVANCE = "in_advance"
    PROGRESSIVELY = "progressively"
    AT_THE_END = "at_the_end"


class Activation(StrEnum):
    ON_START = "on_start"
    ON_FIRST_USE = "on_first_use"
    BY_HAND = "by_hand"


class Adjustment(StrEnum):
    """What is charged of a plan's fee. NOT_SET and DEFAULT: less the discount rate of the customer, if it has one."""

    NOT_SET = "not_set"
    NONE = "none"
    DEFAULT = "default"
    DISCOUNT = "discount"
    UPCHARGE = "upcharge"


LONGEST_TERM = 120  # months
_FEE = "For a whole billing period; part of one is charged by its share of the days. 0 charges nothing."
_GIVEN_BACK = "The fee is charged, and given back for these days when the billing period closes."
_CHARGED = {
    "in_advance": "The whole period's fee, when the period begins.",
    "progressively": "Day by day, for days that have passed.",
    "at_the_end": "The whole period's fee, when the period has ended.",
}


class SubscriptionPlan(Record):
    """A recurring service as it is sold: its fee a billing period, when that is charged, and what it is worth when off.

    `credit_...`: the days on which this held are credited back after the full fee was charged. Who closes it in the
    first `minimum_months` pays `cancellation_penalty`.
    """

    __tablename__ = "subscription_plans"
    __table_args__ = (
        CheckConstraint("fee >= 0", name="fee_not_negative"),
        CheckConstraint("cancellation_penalty >= 0", name="penalty_not_negative"),
        CheckConstraint(f"minimum_months BETWEEN 0 AND {LONGEST_TERM}", name="term_in_bounds"),
    )

    name: Mapped[str] = declared(Field(TEXT, "Plan", 120, needed="Give the name."))
    name_key: Mapped[str] = mapped_column(key_type(160), unique=True)
    public_name: Mapped[str] = declared(
        Field(TEXT, "Name for the customer", 120, needed="Give the name.", help="Shown on invoices.")
    )
    currency: Mapped[str] = declared(
        Field(CURRENCY, "Currency", needed="Choose the currency from the list.", fixed="The currency of a plan stays.")
    )
    fee: Mapped[Decimal] = declared(
        Field(AMOUNT, "Fee a billing period", in_currency="currency", help=_FEE, needed="Give the fee.",
              rule=at_least(ZERO, "A fee cannot be negative; 0 charges nothing.")),
    )  # fmt: skip
    charge_model: Mapped[ChargeModel] = declared(
        Field(CHOICE, "Charged", of=ChargeModel, control=Control.RADIO, captions=_CHARGED, needed="Choose one."),
        default=ChargeModel.IN_ADVANCE,
    )  # fmt: skip
    activation: Mapped[Activation] = declared(
        Field(CHOICE, "Activated", of=Activation, control=Control.SIDE_BY_SIDE, needed="Choose one."),
        default=Activation.ON_START,
    )  # fmt: skip
    charge_while_suspended: Mapped[bool] = declared(
        Field(TICK, "Charged while suspended",
              help="Without it no fee is charged for days on which the customer is suspended."),
        default=True,
    )  # fmt: skip
    credit_suspended: Mapped[bool] = declared(Field(TICK, "Days suspended are credited", help=_GIVEN_BACK))
    credit_blocked: Mapped[bool] = declared(Field(TICK, "Days blocked are credited", help=_GIVEN_BACK))
    credit_no_funds: Mapped[bool] = declared(
        Field(TICK, "Days without funds are credited",
              help="Prepaid customers: the fee is given back for days on which their funds were used up."),
    )  # fmt: skip
    minimum_months: Mapped[int] = declared(
        Field(INTEGER, "Minimum term in months", LONGEST_TERM, stands_for="none",
              help="Counted from the day on which a subscription is active. 0: it can be closed at any time."),
        default=0,
    )  # fmt: skip
    cancellation_penalty: Mapped[Decimal] = declared(
        Field(AMOUNT, "Early cancellation penalty", in_currency="currency",
              help="Charged at once when a subscription is closed before its minimum term is over. 0 charges nothing.",
              rule=at_least(ZERO, "A penalty cannot be negative; 0 charges nothing.")),
        default=ZERO,
    )  # fmt: skip
    is_offered: Mapped[bool] = declared(
        Field(TICK, "Offered", help="Without it nobody new can be subscribed; existing subscriptions stay."),
        default=True,
    )  # fmt: skip


class Subscription(Record):
    """A recurring service of a customer. `adjustment` says what is charged of the plan's fee.

    `fee_percent` is that of a discount or an upcharge, 0 for nothing; otherwise it is 100 and asked by nobody.
    `charged_until` is the last day for which its fee has been booked.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        CheckConstraint("fee_percent BETWEEN 0 AND 1000", name="fee_percent_in_bounds"),
        CheckConstraint("fee_percent = 100 OR adjustment IN ('discount', 'upcharge')", name="percent_of_an_adjustment"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("subscription_plans.id"), index=True)
    adjustment: Mapped[Adjustment] = mapped_column(default=Adjustment.NOT_SET)
    fee_percent: Mapped[int] = mapped_column(default=100)
    started_on: Mapped[date]
    activated_on: Mapped[date | None]
    finished_on: Mapped[date | None]
    charged_until: Mapped[date | None] = mapped_column(info=SUMMARY)
