"""What customers pay for again and again: subscriptions to plans, and numbers held from vendors."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from data_access.models.base import SUMMARY, Record, key_type


class ChargeModel(StrEnum):
    IN_ADVANCE = "in_advance"
    PROGRESSIVELY = "progressively"
    AT_THE_END = "at_the_end"


class Activation(StrEnum):
    ON_START = "on_start"
    ON_FIRST_USE = "on_first_use"


class SubscriptionPlan(Record):
    """A recurring service as it is sold: its fee a billing period, when that is charged, and what it is worth when off.

    `credit_...`: the days on which this held are credited back after the full fee was charged.
    """

    __tablename__ = "subscription_plans"
    __table_args__ = (CheckConstraint("fee >= 0", name="fee_not_negative"),)

    name: Mapped[str] = mapped_column(String(120))
    name_key: Mapped[str] = mapped_column(key_type(160), unique=True)
    public_name: Mapped[str] = mapped_column(String(120))
    currency: Mapped[str] = mapped_column(String(3))
    fee: Mapped[Decimal]
    charge_model: Mapped[ChargeModel] = mapped_column(default=ChargeModel.IN_ADVANCE)
    activation: Mapped[Activation] = mapped_column(default=Activation.ON_START)
    charge_while_suspended: Mapped[bool] = mapped_column(default=True)
    credit_suspended: Mapped[bool] = mapped_column(default=False)
    credit_blocked: Mapped[bool] = mapped_column(default=False)
    credit_no_funds: Mapped[bool] = mapped_column(default=False)
    is_offered: Mapped[bool] = mapped_column(default=True)


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


class Did(Record):
    """A number held from a vendor; `customer_id` None: idle in the pool. `fee` is for a billing period.

    `charged_until` is the last day for which its fee has been booked to the customer who holds it.
    """

    __tablename__ = "dids"

    number: Mapped[str] = mapped_column(String(20), unique=True)
    country: Mapped[str] = mapped_column(String(2))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    fee: Mapped[Decimal]
    vendor_cost: Mapped[Decimal]
    vendor_currency: Mapped[str] = mapped_column(String(3))
    free_of_charge: Mapped[bool] = mapped_column(default=False)
    assigned_on: Mapped[date | None]
    charged_until: Mapped[date | None] = mapped_column(info=SUMMARY)
