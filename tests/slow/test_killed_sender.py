"""A sender killed after sending and before recording it sends again with the same key."""

import signal
import subprocess
import sys

from data_access.jobs.sending import send_due
from tests.data_access.test_sending import at, by_hook
from tests.support.builders import a_customer
from tests.support.outbox import a_message, a_webhook, message_of
from tests.support.people import NOW
from tests.support.receivers import a_hook

KILLED = """
import os, signal, sys
from datetime import datetime
from data_access.store import outbox_delivery
from data_access.domain.destinations import Reach
from data_access.base.engine import make_engine
from data_access.jobs.sending import Sender, send_due
from data_access.jobs.transports import Hooks
from data_access.models.outbox import Channel

outbox_delivery.record_sent = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
now = datetime.fromisoformat(sys.argv[2])
hooks = Hooks(Reach(plain_http=True, everywhere=True))
send_due(make_engine(sys.argv[1]), lambda: now, Sender({Channel.WEBHOOK: hooks}))
"""


def test_a_sender_killed_between_sending_and_recording_sends_again_with_the_same_key(database_url, engine):
    with a_hook() as hook:
        message_id = a_message(engine, a_customer(engine), a_webhook(engine, url=hook.url))
        killed = subprocess.run([sys.executable, "-c", KILLED, database_url, NOW.isoformat()], timeout=60, check=False)
        assert killed.returncode == -signal.SIGKILL
        assert message_of(engine, message_id).state == "waiting"
        assert send_due(engine, at(1), by_hook()) == 0
        assert send_due(engine, at(121), by_hook()) == 1
    assert len(hook.calls) == 2
    assert len({call.headers["Idempotency-Key"] for call in hook.calls}) == 1
