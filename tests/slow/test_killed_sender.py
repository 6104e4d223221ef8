"""A sender killed after sending and before recording it sends again with the same key."""

import os
import signal

from data_access.base.engine import make_engine
from data_access.jobs.sending import send_due
from data_access.store import outbox_delivery
from tests.data_access.test_sending import at, by_hook
from tests.support.builders import a_customer
from tests.support.doomed import end
from tests.support.forks import forked
from tests.support.outbox import a_message, a_webhook, message_of
from tests.support.people import NOW
from tests.support.receivers import a_hook


def sent_and_killed(url: str) -> None:
    """Sends what is due, and ends by SIGKILL where it would record that the first message went out."""
    outbox_delivery.record_sent = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    send_due(make_engine(url), lambda: NOW, by_hook())


def test_a_sender_killed_between_sending_and_recording_sends_again_with_the_same_key(database_url, engine):
    with a_hook() as hook:
        message_id = a_message(engine, a_customer(engine), a_webhook(engine, url=hook.url))
        assert end(forked(sent_and_killed, database_url))
        assert message_of(engine, message_id).state == "waiting"
        assert send_due(engine, at(1), by_hook()) == 0
        assert send_due(engine, at(121), by_hook()) == 1
    assert len(hook.calls) == 2
    assert len({call.headers["Idempotency-Key"] for call in hook.calls}) == 1
