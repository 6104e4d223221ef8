"""The write path of the sender: the delivery state of messages, and nothing else of them, is changed here."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Engine, and_, exists, func, select, update
from sqlalchemy.orm import Session

from data_access.base.engine import Door, read_turn, write_turn
from data_access.domain.lifecycle import facts_of, status_words
from data_access.models.base import other
from data_access.models.customers import Customer
from data_access.models.money import OVER, Invoice
from data_access.models.outbox import Channel, Message, MessageState, Webhook

CLAIM = timedelta(minutes=2)  # a sender that has not recorded by then was killed: the message is sent again
ERROR_LENGTH = 400
MAIL = 0  # stands for the mail server where receivers are told apart by the ids of webhooks


@dataclass(frozen=True, slots=True)
class ClaimedMessage:
    """A message that this sender has claimed, with all that is needed to send it."""

    id: int
    key: str
    customer_id: int | None
    at: datetime
    channel: Channel
    event: str
    attempts: int
    webhook_id: int | None
    url: str
    secret: str
    is_wanted: bool
    sender: str
    recipient: str
    subject: str
    body: str
    payload: dict[str, Any]

    @property
    def receiver(self) -> int:
        return self.webhook_id or MAIL


@contextmanager
def _door(engine: Engine) -> Iterator[Session]:
    with write_turn(engine), Session(engine.execution_options(door=Door(is_open=True))) as session, session.begin():
        yield session


def receivers(engine: Engine, channels: frozenset[Channel]) -> list[int]:
    """Who can be sent to by these channels: the mail server is 0, a webhook is told by its id. Ascending."""
    mail = [MAIL] if Channel.EMAIL in channels else []
    if Channel.WEBHOOK not in channels:
        return mail
    with read_turn(engine), Session(engine) as session:
        return [*mail, *session.scalars(select(Webhook.id).order_by(Webhook.id))]


def due_messages(engine: Engine, now: datetime, *, receiver: int, limit: int) -> list[int]:
    """The ids, ascending, of a receiver's messages to be sent now: the first of each customer."""
    query = select(Message.id).where(_is_due(now), _is_for(receiver), ~_has_predecessor())
    with read_turn(engine), Session(engine) as session:
        return list(session.scalars(query.order_by(Message.id).limit(limit)))


def count_due(engine: Engine, now: datetime, channels: frozenset[Channel]) -> int:
    """How many messages wait to be sent by these channels."""
    query = select(func.count()).select_from(Message).where(_is_due(now), Message.channel.in_(channels))
    with read_turn(engine), Session(engine) as session:
        return session.scalar(query) or 0


def waiting(engine: Engine, now: datetime) -> tuple[int, float]:
    """How many messages wait to be sent by any way, and for how many seconds the first of them has."""
    query = select(func.count(), func.min(Message.next_try_at)).select_from(Message).where(_is_due(now))
    with read_turn(engine), Session(engine) as session:
        count, first = session.execute(query).one()
        return count, (now - first).total_seconds() if first else 0.0


def _is_for(receiver: int) -> ColumnElement[bool]:
    return Message.webhook_id.is_(None) if receiver == MAIL else Message.webhook_id == receiver


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(Message.state == MessageState.WAITING, Message.next_try_at <= now)


def _is_awake(resting: frozenset[int]) -> ColumnElement[bool]:
    return func.coalesce(Message.webhook_id, MAIL).not_in(resting)


def _has_predecessor() -> ColumnElement[bool]:
    """Whether an earlier message about the customer still waits for the same receiver."""
    earlier = other(Message)
    return exists().where(
        earlier.customer_id == Message.customer_id,
        earlier.id < Message.id,
        earlier.state == MessageState.WAITING,
        earlier.channel == Message.channel,
        func.coalesce(earlier.webhook_id, MAIL) == func.coalesce(Message.webhook_id, MAIL),
    )


def claim(
    engine: Engine, message_id: int, now: datetime, resting: frozenset[int] = frozenset()
) -> ClaimedMessage | None:
    """Takes a message for sending; None if it is not due, has a predecessor, or another sender was quicker.

    None too if it says nothing true any more: it is dropped, with the reason.
    """
    taken = update(Message).where(Message.id == message_id, _is_due(now), _is_awake(resting), ~_has_predecessor())
    with _door(engine) as session:
        values = taken.values(attempts=Message.attempts + 1, next_try_at=now + CLAIM)
        result = session.execute(values.execution_options(synchronize_session=False))
        assert isinstance(result, CursorResult)
        if result.rowcount != 1:
            return None
        claimed = _claimed(session, message_id)
        why = _why_not_true(session, claimed, now)
        if why:
            gone = update(Message).where(Message.id == message_id)
            values = gone.values(state=MessageState.DROPPED, last_error=why)
            session.execute(values.execution_options(synchronize_session=False))
            return None
        return claimed


def _why_not_true(session: Session, claimed: ClaimedMessage, now: datetime) -> str:
    """Why a message says nothing true any more, as a remark; empty while it does (ruling 48)."""
    told = claimed.payload if claimed.channel is Channel.EMAIL else {}
    if "until" in told and datetime.fromisoformat(told["until"]) <= now:
        return "Not sent: the day that it announces has come."
    invoice = session.get(Invoice, told["open_invoice"]) if "open_invoice" in told else None
    if invoice is not None and invoice.payment_status in OVER:
        return f"Not sent: invoice {invoice.number} is now {invoice.payment_status.value}."
    customer = session.get(Customer, claimed.customer_id) if "status" in told else None
    if customer is not None:
        facts = facts_of(customer)
        if status_words(facts) != told["status"]:
            return "Not sent: the status has changed since."
    return ""


def _claimed(session: Session, message_id: int) -> ClaimedMessage:
    url, secret = func.coalesce(Webhook.url, "").label("url"), func.coalesce(Webhook.secret, "").label("secret")
    query = (
        select(
            Message.id, Message.key, Message.customer_id, Message.at, Message.channel, Message.event, Message.attempts,
            Message.webhook_id, Message.sender, Message.recipient, Message.subject, Message.body, Message.payload,
            url, secret, func.coalesce(Webhook.is_active, True).label("is_wanted"),
        )
        .outerjoin(Webhook, Webhook.id == Message.webhook_id)
        .where(Message.id == message_id)
    )  # fmt: skip
    return ClaimedMessage(**session.execute(query).one()._asdict())


def record_sent(engine: Engine, message_id: int, now: datetime, remark: str = "") -> None:
    """The message has arrived; the remark says whom it did not reach."""
    _record(engine, message_id, state=MessageState.SENT, sent_at=now, last_error=remark[:ERROR_LENGTH])


def record_failure(engine: Engine, message_id: int, reason: str, next_try_at: datetime | None) -> None:
    """It has not arrived; tried again at that moment, or, without one, given up."""
    if next_try_at is None:
        _record(engine, message_id, state=MessageState.FAILED, last_error=reason[:ERROR_LENGTH])
    else:
        _record(engine, message_id, next_try_at=next_try_at, last_error=reason[:ERROR_LENGTH])


def _record(engine: Engine, message_id: int, **values: Any) -> None:
    this = update(Message).where(Message.id == message_id, Message.state == MessageState.WAITING)
    with _door(engine) as session:
        session.execute(this.values(values).execution_options(synchronize_session=False))
