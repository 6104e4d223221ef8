"""Bulk actions: a run over many customers, and what becomes of each of them in it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.statuses import BulkState, RowState
from data_access.base.text.masking import FreeText
from data_access.models.base import PERSONAL, SUMMARY, Base, Record

OUTCOME_LENGTH = 400
_IN_WORDS = PERSONAL | SUMMARY  # the audit tells it by the words beside it


class BulkRun(Record):
    """One action over many customers: those who were picked, or all that a filter found when it was tried.

    `command` is the order with the customer open, in words `title`. `page` and `address` are the filter, in words
    `selection`; blank where customers were picked. It is done in the name of `acts_id`. `pause_after`: the row after
    which it waits for a look. `why`: why it was stopped.
    """

    __tablename__ = "bulk_runs"
    __table_args__ = (Index("ix_bulk_runs_state", "state", "id"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    login: Mapped[str] = mapped_column(String(120))
    acts_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(40))
    command: Mapped[dict[str, Any]] = mapped_column(info=_IN_WORDS)
    title: Mapped[str] = mapped_column(String(OUTCOME_LENGTH))
    reason: Mapped[str] = mapped_column(FreeText, info=PERSONAL)
    page: Mapped[str] = mapped_column(String(40))
    address: Mapped[dict[str, Any]] = mapped_column(info=_IN_WORDS)
    selection: Mapped[str] = mapped_column(FreeText, info=PERSONAL)
    customers: Mapped[int]
    state: Mapped[BulkState] = mapped_column(default=BulkState.TRYING)
    pause_after: Mapped[int | None] = mapped_column(info=SUMMARY)
    why: Mapped[str] = mapped_column(String(OUTCOME_LENGTH), default="")
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class BulkRow(Base):
    """A customer of a run. `seen`: the last audited change of what the run changes, as it stood at the trial."""

    __tablename__ = "bulk_rows"
    __table_args__ = (UniqueConstraint("run_id", "customer_id"), Index("ix_bulk_rows_state", "run_id", "state", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("bulk_runs.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    seen: Mapped[int] = mapped_column(default=0)
    state: Mapped[RowState] = mapped_column(default=RowState.WAITING)
    outcome: Mapped[str] = mapped_column(String(OUTCOME_LENGTH), default="")
    at: Mapped[datetime | None]
