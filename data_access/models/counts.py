"""Stored counts and sums: how many customers are alike in what lists and figures count by, and their total money."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, String, and_, case, literal, or_
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.clock import Instant
from data_access.base.money import ZERO, Amount
from data_access.base.statuses import BillStatus
from data_access.models.base import Base, choice
from data_access.models.customers import BalanceControl

FINEST = (
    10,
    12,
    16,
    20,
    25,
    32,
    40,
    50,
    63,
    80,
)  # of a decade; the steps of about equal ratio of amounts kept together
_SMALL = (0, 1, 2, 5)
_DECADES = 12


def edges_by(steps: tuple[int, ...]) -> list[int]:
    """The edges between amounts, from the least to the highest: as many a decade as there are steps."""
    upward = [*_SMALL, *(step * 10**power for power in range(_DECADES) for step in steps)]
    return sorted({-edge for edge in upward} | set(upward))


class KeptPart(Base):
    """A part of a sum: so much more, or less, for customers who are alike in all that is not added up.

    Triggers add a row whenever a customer or an invoice comes, goes or changes in one of these columns, in the same
    transaction; the sum over the rows is what holds. Adding makes no writer wait for another; the rows that are alike
    are folded into one from time to time.
    """

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    reseller_id: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3))
    customers: Mapped[int]


class _AlikeInStatus(KeptPart):
    """Customers who are alike in what a filter asks for most."""

    __abstract__ = True

    customer_class_id: Mapped[int]
    country: Mapped[str] = mapped_column(String(2))
    balance_control: Mapped[BalanceControl] = mapped_column(choice(BalanceControl))
    bill_status: Mapped[BillStatus] = mapped_column(choice(BillStatus))
    blocked: Mapped[bool]
    service_limited: Mapped[bool]
    owed: Mapped[Decimal]


class CustomerCount(_AlikeInStatus):
    """How many customers, and what those of them owe who owe.

    Customers whose status follows from the clock as well (`is_timed`) are not in it.
    """

    __tablename__ = "customer_counts"

    used_up: Mapped[bool]


class OverdueSum(_AlikeInStatus):
    """What is open on invoices to be collected, by the instant at which it is late; the clock says what is overdue.

    A customer counts at the first such instant, or at none if it is only suspended; then `customers` and `owed` tell of
    it. An invoice counts at its own, then `overdue` tells of it. The permanently terminated are not in it. `used_up` is
    by the permanent limit; until `raised_until` a temporary one covers it.
    """

    __tablename__ = "overdue_sums"

    suspension_lifted_until: Mapped[datetime | None]
    used_up: Mapped[bool]
    raised_until: Mapped[datetime | None]
    overdue_from: Mapped[datetime | None]
    overdue: Mapped[Decimal]

    @classmethod
    def overdue_at(cls, now: Instant) -> ColumnElement[Decimal]:
        """What of it is overdue."""
        return case((cls.overdue_from <= now, cls.overdue), else_=literal(ZERO, Amount))

    @classmethod
    def used_up_at(cls, now: Instant) -> ColumnElement[bool]:
        """Whether the credit limit in force is passed, or no funds are left."""
        return and_(cls.used_up, or_(cls.raised_until.is_(None), cls.raised_until <= now))


class ExposureSum(KeptPart):
    """Balances and credit limits together, by the band and the tenth of the limit in use that customers stand in.

    `limit_from` and `balance_from` are the lower edges of the finest steps that hold limit and balance of those who
    have a limit. The permanently terminated are not in it, nor is anybody with a temporary limit.
    """

    __tablename__ = "exposure_sums"

    band: Mapped[str] = mapped_column(String(10))
    tenths: Mapped[int | None]
    limit_from: Mapped[Decimal | None]
    balance_from: Mapped[Decimal | None]
    balance: Mapped[Decimal]
    limits: Mapped[Decimal]


ADDED_UP = frozenset({"customers", "owed", "overdue", "balance", "limits"})
