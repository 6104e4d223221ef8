"""The outbox for the tests: webhooks and messages to start from, and what stands in it."""

from itertools import count
from typing import Any

from sqlalchemy import Engine, select

from data_access.base.events import Event
from data_access.models.history import CommandLog
from data_access.models.outbox import Channel, Message, Webhook
from tests.support.people import NOW
from tests.support.rows import insert

SECRET = "hush"
_keys = count(1)


def a_webhook(engine: Engine, *events: Event, url: str = "http://127.0.0.1:9/", **over: Any) -> int:
    """An active webhook that is told of these events; none: of all."""
    row = {"name": "Switch", "url": url, "secret": SECRET, "events": "\n".join(events)}
    return insert(engine, Webhook, row | over)


def a_message(engine: Engine, customer_id: int, webhook_id: int | None = None, **over: Any) -> int:
    """A message that waits: to a webhook, or an e-mail to Nadia."""
    row = {
        "key": f"key-{next(_keys)}", "customer_id": customer_id, "command_id": a_command(engine), "at": NOW,
        "channel": Channel.EMAIL if webhook_id is None else Channel.WEBHOOK, "event": "Customer/Blocked",
        "webhook_id": webhook_id, "payload": {} if webhook_id is None else {"event": "Customer/Blocked"},
        "next_try_at": NOW,
    }  # fmt: skip
    return insert(engine, Message, row | (_MAIL if webhook_id is None else {}) | over)


_MAIL = {
    "sender": "billing@desk.example", "recipient": "nadia@example.org", "subject": "Hello", "body": "Dear Nadia,\n",
}  # fmt: skip


def a_command(engine: Engine) -> str:
    """The id of a command in the log, for rows that have to name one."""
    with engine.connect() as connection:
        return str(connection.execute(select(CommandLog.__table__.c.id).limit(1)).scalar_one())


def messages(engine: Engine) -> list[Any]:
    """All that was ever told, in order."""
    table = Message.__table__
    with engine.connect() as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))


def message_of(engine: Engine, message_id: int) -> Any:
    """One message as it stands now."""
    return next(row for row in messages(engine) if row.id == message_id)
