"""Forecast steps: future status changes of each customer, stored so that they can be queried for all customers."""

from datetime import date, datetime

from sqlalchemy import Index, String
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data_access.models.base import Base

_FIRST = sql("place = 0")


class ForeseenStep(Base):
    """One change of status ahead of a customer, as its forecast told it; `place` is its place among them.

    `day`: where the customer is billed. All of them hold until the first thing of the forecast happens, `holds_until`,
    unless the forecast is outdated before.
    """

    __tablename__ = "foreseen_steps"
    __table_args__ = (
        Index("ix_foreseen_steps_at", "at", "customer_id"),
        Index("ix_foreseen_steps_kind", "kind", "at", "customer_id"),
        Index("ix_foreseen_steps_reseller", "reseller_id", "kind", "at", "customer_id"),
        Index("ix_foreseen_steps_past", "holds_until", "customer_id", sqlite_where=_FIRST, postgresql_where=_FIRST),
    )

    customer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reseller_id: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    day: Mapped[date]
    says: Mapped[str] = mapped_column(String(400))
    number: Mapped[str | None] = mapped_column(String(40))
    plan_id: Mapped[int | None]
    holds_until: Mapped[datetime]


class OutdatedForecast(Base):
    """A change to what a customer's forecast follows from, since it was kept; without a customer: to everyone's.

    Triggers add a row, in the same transaction and whoever writes, and never wait for one another. A job keeps the
    forecast again and takes the rows away that it saw before it looked. `walked_to`: the customers up to this id have
    rows of their own by now.
    """

    __tablename__ = "outdated_forecasts"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(index=True)
    walked_to: Mapped[int] = mapped_column(default=0, server_default=sql("0"))
