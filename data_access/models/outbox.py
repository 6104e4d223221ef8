"""The outbox: messages written with the change that they report, and the webhooks that subscribe to events."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data_access.base.events import Event
from data_access.base.text.masking import FreeText
from data_access.fields.field import Field, declared
from data_access.fields.kinds import LISTED, TEXT, WEB_ADDRESS
from data_access.models.base import SECRET, Base, Record

_EXAMPLE = "https://switch.example.org/events"


class Channel(StrEnum):
    EMAIL = "email"
    WEBHOOK = "webhook"


class MessageState(StrEnum):
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class Message(Base):
    """One message to one receiver. Its state is the sender's alone; its words are erased with the customer's data.

    `key` goes with it, so that a receiver who gets it twice can tell. Dropped: when it was to be sent it said nothing
    true any more.
    """

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_customer", "customer_id", "at", "id"),
        Index(
            "ix_messages_waiting",
            "next_try_at",
            "id",
            sqlite_where=sql("state = 'waiting'"),
            postgresql_where=sql("state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    command_id: Mapped[str] = mapped_column(
        ForeignKey("command_log.id", deferrable=True, initially="DEFERRED"), index=True
    )
    at: Mapped[datetime]
    channel: Mapped[Channel]
    event: Mapped[str] = mapped_column(String(60))
    webhook_id: Mapped[int | None] = mapped_column(ForeignKey("webhooks.id"))
    sender: Mapped[str] = mapped_column(String(254), default="")
    recipient: Mapped[str] = mapped_column(String(400), default="")
    subject: Mapped[str] = mapped_column(String(200), default="")
    body: Mapped[str] = mapped_column(FreeText, default="")
    payload: Mapped[dict[str, Any]]
    state: Mapped[MessageState] = mapped_column(default=MessageState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(String(400), default="")


class Webhook(Record):
    """An address that is told of events. `events` holds their names, one a line; empty: all of them."""

    __tablename__ = "webhooks"

    name: Mapped[str] = declared(Field(TEXT, "Name", 120, needed="Give the webhook a name."))
    url: Mapped[str] = declared(
        Field(WEB_ADDRESS, "Address", 400, needed=f"Write a web address, such as {_EXAMPLE}.",
              help=f"A web address that answers within five seconds, such as {_EXAMPLE}."),
    )  # fmt: skip
    secret: Mapped[str] = mapped_column(String(120), info=SECRET)
    events: Mapped[str] = declared(
        Field(LISTED, "Events", choices={event.value: event.label for event in Event}, stands_for="all",
              help="None chosen: it receives all of them."),
    )  # fmt: skip
    is_active: Mapped[bool] = mapped_column(default=True)
