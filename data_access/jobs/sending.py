"""The sender: delivers the messages of the outbox, to each receiver in order and at least once, or gives them up."""

import logging
import random
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from itertools import zip_longest

from sqlalchemy import Engine

from data_access.base.clock import Clock
from data_access.base.settings import Settings, settings
from data_access.jobs.transports import NotDelivered, Transport, hooks_of, mail_of
from data_access.jobs.work import Work
from data_access.models.outbox import Channel, Message
from data_access.store import outbox_delivery
from data_access.store.access import Access
from data_access.store.outbox_delivery import ClaimedMessage

_LOG = logging.getLogger("customer_desk.sending")
ATTEMPTS = 20  # over about a day
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=2)
_REST = timedelta(seconds=30)
_TURN_SECONDS, _LARGEST_SHARE = 5.0, 50


@dataclass(slots=True)
class Sender:
    """What is sent by which way; a channel without a way waits. Receivers take turns, and one that is down rests."""

    ways: dict[Channel, Transport]
    resting: dict[int, datetime] = field(default_factory=dict)
    seconds: dict[int, float] = field(default_factory=dict)

    def due(self, engine: Engine, now: datetime) -> list[int]:
        """The ids of messages to be sent now, the receivers in turn: of each as many as it takes in some seconds.

        So nobody waits long for a receiver that is slow. Once tried, a message is not due; what is left comes next.
        """
        resting = self._resting(now)
        receivers = outbox_delivery.receivers(engine, frozenset(self.ways))
        queues = [
            outbox_delivery.due_messages(engine, now, receiver=receiver, limit=self._share(receiver))
            for receiver in receivers
            if receiver not in resting
        ]
        return [message_id for turn in zip_longest(*queues) for message_id in turn if message_id is not None]

    def _share(self, receiver: int) -> int:
        took = self.seconds.get(receiver, _TURN_SECONDS)
        return max(1, min(_LARGEST_SHARE, int(_TURN_SECONDS / took)))

    def _resting(self, now: datetime) -> frozenset[int]:
        return frozenset(receiver for receiver, until in self.resting.items() if until > now)

    def deliver(self, engine: Engine, message_id: int, clock: Clock) -> bool:
        """Sends a message; whether it arrived."""
        claimed = outbox_delivery.claim(engine, message_id, clock(), self._resting(clock()))
        return claimed is not None and self._send(engine, claimed, clock)

    def _send(self, engine: Engine, claimed: ClaimedMessage, clock: Clock) -> bool:
        """Whether it arrived; what became of it is recorded."""
        try:
            if claimed.attempts > ATTEMPTS:
                raise NotDelivered(f"Each of {ATTEMPTS} tries was broken off by a fault of ours.", is_final=True)
            if not claimed.is_wanted:
                raise NotDelivered("The webhook was disabled.", is_final=True)
            remark = self._timed(claimed, clock())
        except NotDelivered as failure:
            is_over = failure.is_final or claimed.attempts >= ATTEMPTS
            later = None if is_over else clock() + wait_after(claimed.attempts)
            outbox_delivery.record_failure(engine, claimed.id, str(failure), later)
            if failure.technical:
                _LOG.warning("Message %s: %s (%s)", claimed.id, failure, failure.technical)
            if failure.is_down:
                self.resting[claimed.receiver] = clock() + _REST
            return False
        outbox_delivery.record_sent(engine, claimed.id, clock(), remark)
        return True

    def _timed(self, claimed: ClaimedMessage, now: datetime) -> str:
        """Sends it, and keeps how long the receiver took."""
        begun = time.monotonic()
        try:
            return self.ways[claimed.channel].send(claimed, now)
        finally:
            self.seconds[claimed.receiver] = time.monotonic() - begun


def wait_after(attempts: int) -> timedelta:
    """How long until the next try: longer each time, and never the same for all."""
    whole = min(_FIRST_WAIT * 2.0 ** (attempts - 1), _LONGEST_WAIT)
    return whole * random.uniform(0.5, 1)


def send_due(engine: Engine, clock: Clock, sender: Sender) -> int:
    """Sends all that can be sent now; how many arrived."""
    arrived = 0
    while heads := sender.due(engine, clock()):
        arrived += sum(sender.deliver(engine, head, clock) for head in heads)
    return arrived


@cache
def sender_by(given: Settings) -> Sender:
    """The sender of this process by these settings; it remembers which receivers are down."""
    mail = mail_of(given)
    ways: dict[Channel, Transport] = {Channel.WEBHOOK: hooks_of(given)}
    return Sender(ways if mail is None else ways | {Channel.EMAIL: mail})


def _due(access: Access, _after: int, _limit: int) -> list[int]:
    return sender_by(settings()).due(access.engine, access.now())


def _deliver(access: Access, message_id: int) -> bool:
    return sender_by(settings()).deliver(access.engine, message_id, access.now)


def _waiting(access: Access) -> int:
    return outbox_delivery.count_due(access.engine, access.now(), frozenset(sender_by(settings()).ways))


SENDING = Work(Message, _due, _deliver, _waiting)
