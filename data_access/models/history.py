"""What was done: the command log, the audit of changed fields, status events, planned moves, invoice requests."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.statuses import BillStatus
from data_access.base.text.masking import FreeText
from data_access.models.base import Base, Record, WrittenOnce, choice


class CommandLog(Base):
    """One row a command; its id makes a repeated click harmless, its digest a removed row visible.

    `tables`: those that it wrote to, with blanks between, so that what was read from others still holds; None: any.
    `applied_at`: the instant that it judged by and dated its rows with; `at` is read later, at the end of the log.
    """

    __tablename__ = "command_log"
    __table_args__ = (Index(None, "customer_id", "at"), Index(None, "login", "at"), Index(None, "name", "number"))

    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(60))
    login: Mapped[str] = mapped_column(String(120))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    reason: Mapped[str] = mapped_column(FreeText, default="")
    payload_hash: Mapped[str] = mapped_column(String(64))
    result: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(index=True)
    applied_at: Mapped[datetime | None]
    digest: Mapped[str] = mapped_column(String(64))
    tables: Mapped[str | None] = mapped_column(Text)


class PersonalValue(Base):
    """Old and new value of a personal field: the one part of the audit that can lawfully be erased."""

    __tablename__ = "personal_values"

    id: Mapped[int] = mapped_column(primary_key=True)
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[str | None] = mapped_column(String(32))
    erased_at: Mapped[datetime | None]


class Change(WrittenOnce):
    """One row a changed field, or a row with the whole record where one was created in bulk."""

    __tablename__ = "change"
    __table_args__ = (
        Index("ix_change_entity", "entity", "entity_id", "id"),
        Index("ix_change_customer", "customer_id", "id"),
        Index("ix_change_field", "entity", "field", "id"),
    )

    command_id: Mapped[str] = mapped_column(ForeignKey("command_log.id"), index=True)
    entity: Mapped[str] = mapped_column(String(40))
    entity_id: Mapped[int]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    field: Mapped[str] = mapped_column(String(40))
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)
    personal_id: Mapped[int | None] = mapped_column(ForeignKey("personal_values.id"))
    personal_digest: Mapped[str | None] = mapped_column(String(64))


class StatusEvent(WrittenOnce):
    """One status change: from where to where, when, by whom, why."""

    __tablename__ = "status_events"
    __table_args__ = (Index("ix_status_events_customer", "customer_id", "at", "id"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    command_id: Mapped[str] = mapped_column(
        ForeignKey("command_log.id", deferrable=True, initially="DEFERRED"), index=True
    )
    at: Mapped[datetime]
    move: Mapped[str] = mapped_column(String(40))
    status_from: Mapped[BillStatus] = mapped_column(choice(BillStatus))
    status_to: Mapped[BillStatus] = mapped_column(choice(BillStatus))
    blocked: Mapped[bool]
    until: Mapped[date | None]
    login: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(FreeText, default="")


class PlanState(StrEnum):
    PLANNED = "planned"
    DONE = "done"
    CANCELLED = "cancelled"
    IMPOSSIBLE = "impossible"


class PlannedMove(Record):
    """A status change that a person has planned for a later day."""

    __tablename__ = "planned_moves"
    __table_args__ = (Index("ix_planned_moves_due", "state", "due_on", "id"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    move: Mapped[str] = mapped_column(String(40))
    due_on: Mapped[date]
    login: Mapped[str] = mapped_column(String(120))
    reason: Mapped[str] = mapped_column(FreeText, default="")
    state: Mapped[PlanState] = mapped_column(default=PlanState.PLANNED)
    why_impossible: Mapped[str] = mapped_column(String(400), default="")
    planned_at: Mapped[datetime]


class RequestState(StrEnum):
    REQUESTED = "requested"
    ISSUED = "issued"
    CANCELLED = "cancelled"


class InvoiceRequest(Record):
    """A midterm invoice that was asked for, to be issued within the hour."""

    __tablename__ = "invoice_requests"
    __table_args__ = (
        CheckConstraint("(state = 'issued') = (invoice_id IS NOT NULL)", name="issued_has_invoice"),
        Index("ix_invoice_requests_due", "state", "requested_at", "id"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    requested_at: Mapped[datetime]
    login: Mapped[str] = mapped_column(String(120))
    state: Mapped[RequestState] = mapped_column(default=RequestState.REQUESTED)
    invoice_id: Mapped[int | None] = mapped_column(ForeignKey("invoices.id"))
