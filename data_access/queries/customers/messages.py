"""Messages: who was told what about a customer, the webhooks, and the state of the outbox."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import func

from data_access.base.permissions import Permission
from data_access.base.settings import settings
from data_access.base.text.masking import shown
from data_access.base.text.numerals import counted
from data_access.models.outbox import Channel, Message, MessageState, Webhook
from data_access.queries.customer_context import customer_context
from data_access.queries.pagination.newest_first import LIMIT
from data_access.store.access import Query, Reader
from data_access.store.scope import visible


@dataclass(frozen=True, slots=True)
class MessageRow:
    """One message. `receiver`: the addresses, masked without the right, or the name of the webhook."""

    message_id: int
    at: datetime
    channel: Channel
    event: str
    receiver: str
    subject: str
    body: str
    state: MessageState
    attempts: int
    sent_at: datetime | None
    last_error: str


@dataclass(frozen=True)
class MessagesOf(Query[tuple[MessageRow, ...]]):
    """What was told about a customer, newest first, 200 at most."""

    needs: ClassVar = Permission.CUSTOMER_READ

    customer_id: int

    def run(self, reader: Reader) -> tuple[MessageRow, ...]:
        customer_context(reader, self.customer_id)
        query = (
            visible(Message, reader.actor)
            .outerjoin(Webhook, Webhook.id == Message.webhook_id)
            .where(Message.customer_id == self.customer_id)
            .with_only_columns(
                Message.id, Message.at, Message.channel, Message.event, Message.recipient, Message.subject,
                Message.body, Message.state, Message.attempts, Message.sent_at, Message.last_error, Webhook.name,
            )
            .order_by(Message.at.desc(), Message.id.desc())
            .limit(LIMIT)
        )  # fmt: skip
        return tuple(
            MessageRow(
                row.id, row.at, row.channel, row.event, row.name or shown(row.recipient, reader.actor), row.subject,
                row.body, row.state, row.attempts, row.sent_at,
                row.last_error if row.name else shown(row.last_error, reader.actor),
            )
            for row in reader.session.execute(query)
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook and what became of its messages; `last_error` is that of the newest one that waits or has failed."""

    webhook_id: int
    version: int
    name: str
    url: str
    events: tuple[str, ...]
    is_active: bool
    waiting: int
    failed: int
    last_error: str


@dataclass(frozen=True)
class Webhooks(Query[tuple[Hook, ...]]):
    """All webhooks, in the order in which they were added."""

    needs: ClassVar = Permission.HOOK_MANAGE

    def run(self, reader: Reader) -> tuple[Hook, ...]:
        query = visible(Webhook, reader.actor).with_only_columns(
            Webhook.id, Webhook.version, Webhook.name, Webhook.url, Webhook.events, Webhook.is_active
        )
        counts, errors = _counts(reader), _errors(reader)
        return tuple(
            Hook(
                row.id, row.version, row.name, row.url, tuple(row.events.split()), row.is_active,
                counts.get((row.id, MessageState.WAITING), 0), counts.get((row.id, MessageState.FAILED), 0),
                errors.get(row.id, ""),
            )
            for row in reader.session.execute(query.order_by(Webhook.id).limit(LIMIT))
        )  # fmt: skip


def _counts(reader: Reader) -> dict[tuple[int | None, MessageState], int]:
    query = (
        visible(Message, reader.actor)
        .where(Message.webhook_id.is_not(None), Message.state != MessageState.SENT)
        .with_only_columns(Message.webhook_id, Message.state, func.count())
        .group_by(Message.webhook_id, Message.state)
    )
    return {(row[0], row[1]): row[2] for row in reader.session.execute(query)}


def _errors(reader: Reader) -> dict[int | None, str]:
    newest = (
        visible(Message, reader.actor)
        .where(Message.webhook_id.is_not(None), Message.state != MessageState.SENT, Message.last_error != "")
        .with_only_columns(func.max(Message.id))
        .group_by(Message.webhook_id)
    )
    query = visible(Message, reader.actor).where(Message.id.in_(newest))
    rows = reader.session.execute(query.with_only_columns(Message.webhook_id, Message.last_error))
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class Outbox:
    """How much waits, mail and all, and has failed for good; `has_mail`: mail goes anywhere at all."""

    waiting: int
    waiting_mail: int
    failed: int
    has_mail: bool

    @property
    def says(self) -> str:
        """What is wrong with it, as a sentence; empty when nothing is."""
        if not self.waiting_mail or self.has_mail:
            return ""
        waits = counted(self.waiting_mail, "message waits", "messages wait")
        return f"No mail server is set, so {waits}: set SMTP_HOST to send mail."


@dataclass(frozen=True)
class OutboxNow(Query[Outbox]):
    """How the outbox stands now."""

    needs: ClassVar = Permission.JOB_READ

    def run(self, reader: Reader) -> Outbox:
        query = (
            visible(Message, reader.actor)
            .where(Message.state != MessageState.SENT)
            .with_only_columns(Message.state, Message.channel, func.count())
            .group_by(Message.state, Message.channel)
        )
        counts = {(row[0], row[1]): row[2] for row in reader.session.execute(query)}
        waiting, failed = (
            sum(count for (state, _), count in counts.items() if state is wanted)
            for wanted in (MessageState.WAITING, MessageState.FAILED)
        )
        mail = counts.get((MessageState.WAITING, Channel.EMAIL), 0)
        return Outbox(waiting, mail, failed, settings().has_mail)
