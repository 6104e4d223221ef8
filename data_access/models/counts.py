"""Kept counts: how many customers are alike in what lists and tiles count by."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.statuses import BillStatus
from data_access.models.base import Base, choice
from data_access.models.customers import BalanceControl


class CustomerCount(Base):
    """A part of a count: so many customers more, or fewer, who are alike in all the other columns.

    Triggers add a row whenever a customer comes, goes or changes in one of these columns, in the same transaction; the
    sum over the rows is the count. Adding makes no writer wait for another; the rows that are alike are folded into
    one from time to time. Customers whose status follows from the clock as well (`Customer.is_timed`) are not in it.
    """

    __tablename__ = "customer_counts"

    id: Mapped[int] = mapped_column(primary_key=True)
    reseller_id: Mapped[int | None]
    customer_class_id: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    balance_control: Mapped[BalanceControl] = mapped_column(choice(BalanceControl))
    bill_status: Mapped[BillStatus] = mapped_column(choice(BillStatus))
    blocked: Mapped[bool]
    service_limited: Mapped[bool]
    used_up: Mapped[bool]
    customers: Mapped[int]
