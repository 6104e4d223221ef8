"""What customers pay for again and again: plans as they are sold, and subscriptions to them."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.money import ZERO
from data_access.fields.field import Control, Field, declared
from data_access.fields.kinds import AMOUNT, CHOICE, CURRENCY, TEXT, TICK, at_least
from data_access.models.base import SUMMARY, Record, key_type


class ChargeModel(StrEnum):
    IN_ADVANCE = "in_advance"
    PROGRESSIVELY = "progressively"
    AT_THE_END = "at_the_end"


class Activation(StrEnum):
    ON_START = "on_start"
    ON_FIRST_USE = "on_first_use"


_FEE = "For a whole billing period; part of one is charged by its share of the days. 0 charges nothing."
_GIVEN_BACK = "The fee is charged, and given back for these days when the billing period closes."
_CHARGED = {
    "in_advance": "The whole period's fee, when the period begins.",
    "progressively": "Day by day, for days that have passed.",
    "at_the_end": "The whole period's fee, when the period has ended.",
}


class SubscriptionPlan(Record):
    """A recurring service as it is sold: its fee a billing period, when that is charged, and what it is worth when off.

    `credit_...`: the days on which this held are credited back after the full fee was charged.
    """

    __tablename__ = "subscription_plans"
    __table_args__ = (CheckConstraint("fee >= 0", name="fee_not_negative"),)

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
    is_offered: Mapped[bool] = declared(
        Field(TICK, "Offered", help="Without it nobody new can be subscribed; existing subscriptions stay."),
        default=True,
    )  # fmt: skip


class Subscription(Record):
    """A recurring service of a customer. `fee_percent` of the plan's fee is charged: 100 as it stands, 0 for nothing.

    `charged_until` is the last day for which its fee has been booked.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (CheckConstraint("fee_percent BETWEEN 0 AND 1000", name="fee_percent_in_bounds"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("subscription_plans.id"), index=True)
    fee_percent: Mapped[int] = mapped_column(default=100)
    started_on: Mapped[date]
    activated_on: Mapped[date | None]
    finished_on: Mapped[date | None]
    charged_until: Mapped[date | None] = mapped_column(info=SUMMARY)
