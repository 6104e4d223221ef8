"""Volume discounts: the plans with their rules, and which customer has which plan."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data_access.fields.field import Control, Field, declared
from data_access.fields.kinds import CHOICE, CURRENCY, DAY, REFERENCE, TEXT
from data_access.models.base import SUMMARY, Record, Removable, key_type


class Readiness(StrEnum):
    """Whether a plan is still being written, or can be given to customers."""

    DRAFT = "draft"
    IN_USE = "in_use"


_READINESS = {
    Readiness.DRAFT.value: "Cannot be given to a customer yet.",
    Readiness.IN_USE.value: "Can be given to customers of its currency.",
}
RUNNING, STANDING = sql("ended_on IS NULL"), sql("removed_at IS NULL")


class DiscountPlan(Removable):
    """What is taken off usage by its volume in a billing period.

    `rules`: a row each of service, measure, threshold and rate, as `domain/billing/volume_discounts` reads them.
    """

    __tablename__ = "discount_plans"
    __table_args__ = (
        Index("uq_discount_plans_name_key", "name_key", unique=True, sqlite_where=STANDING, postgresql_where=STANDING),
    )

    name: Mapped[str] = declared(Field(TEXT, "Plan", 120, needed="Give the name."))
    name_key: Mapped[str] = mapped_column(key_type(160))
    currency: Mapped[str] = declared(
        Field(CURRENCY, "Currency", needed="Choose the currency from the list.", fixed="The currency of a plan stays.")
    )
    readiness: Mapped[Readiness] = declared(
        Field(CHOICE, "Status", of=Readiness, control=Control.RADIO, captions=_READINESS, needed="Choose one."),
        default=Readiness.DRAFT,
    )  # fmt: skip
    rules: Mapped[str] = mapped_column(Text(), default="")


class DiscountAssignment(Record):
    """The plan of a customer, from the first to the last day on which its usage counts; one runs at a time.

    `closed_at`: when a billing period was last closed under it. What counted by then does not count again.
    """

    __tablename__ = "discount_assignments"
    __table_args__ = (
        Index(
            "uq_discount_assignments_customer_id", "customer_id", unique=True,
            sqlite_where=RUNNING, postgresql_where=RUNNING,
        ),
        Index("ix_discount_assignments_customer_id", "customer_id", "id"),
    )  # fmt: skip

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    plan_id: Mapped[int] = declared(
        Field(REFERENCE, "Volume discount plan", refers_to="discount_plans", needed="Choose the plan."),
        ForeignKey("discount_plans.id"), index=True,
    )  # fmt: skip
    started_on: Mapped[date] = declared(Field(DAY, "Counts from", needed="Give the day."))
    ended_on: Mapped[date | None] = declared(Field(DAY, "Last day that counts", stands_for="no end"))
    closed_at: Mapped[datetime | None] = mapped_column(info=SUMMARY)
