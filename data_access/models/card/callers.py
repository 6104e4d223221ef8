"""Callers: who of them was verified, by whom and for how long."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from data_access.models.base import Record


class Checked(StrEnum):
    """How a caller was found to be the customer."""

    PERSONAL_DATA = "personal_data"
    CALLED_BACK = "called_back"
    ONE_TIME_CODE = "one_time_code"
    IN_PERSON = "in_person"


class CallerVerification(Record):
    """That a caller is the customer, or speaks for it. It holds until an instant, for every colleague."""

    __tablename__ = "caller_verifications"
    __table_args__ = (Index("ix_caller_verifications_until", "customer_id", "until"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    checked: Mapped[Checked]
    at: Mapped[datetime]
    until: Mapped[datetime]
    login: Mapped[str] = mapped_column(String(120))
