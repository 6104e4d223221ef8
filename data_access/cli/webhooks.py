"""The subcommands for webhooks: list, add and disable; the secret of a new one is printed once."""

from argparse import ArgumentTypeError, Namespace
from typing import Any

from sqlalchemy import Engine

from data_access.base.clock import Clock
from data_access.base.errors import NotFound
from data_access.base.events import Event
from data_access.cli.calls import DONE, named, signed_by, verb
from data_access.commands.people.webhooks import AddWebhook, DisableWebhook, new_secret
from data_access.queries.customers.messages import Webhooks
from data_access.store.access import new_command_id


def add_verbs(verbs: Any) -> None:
    """The parsers of these verbs."""
    hooks = verbs.add_parser("webhooks", help="manage URLs that receive events")
    hooks = hooks.add_subparsers(required=True, metavar="COMMAND")
    signed_by(verb(hooks.add_parser("list", help="list webhooks, and the messages waiting for them"), _list))
    adding = verb(hooks.add_parser("add", help="send events to a URL from now on"), _add)
    adding.add_argument("name", help="a name for people")
    adding.add_argument("url", help="where to send messages")
    adding.add_argument("--event", action="append", type=_an_event, default=[], help="only this event; can be repeated")
    signed_by(adding)
    ending = verb(hooks.add_parser("disable", help="stop sending to a webhook"), _disable)
    ending.add_argument("webhook", type=int, metavar="ID", help="its number in the list")
    signed_by(ending)


def _an_event(text: str) -> Event:
    found = next((event for event in Event if event.value == text), None)
    if found is None:
        raise ArgumentTypeError(f"there is no event {text}; the events are {', '.join(event.value for event in Event)}")
    return found


def _list(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    hooks = named(chosen, engine, clock).fetch(Webhooks())
    if not hooks:
        print("There are no webhooks.")
    for hook in hooks:
        state = "" if hook.is_active else ", disabled"
        print(f"{hook.webhook_id}: {hook.name}, {hook.url}{state}; {hook.waiting:,} waiting, {hook.failed:,} given up")
        print(f"   {', '.join(hook.events) or 'all events'}")
        if hook.last_error:
            print(f"   {hook.last_error}")
    return DONE


def _add(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    secret = new_secret()
    order = AddWebhook(
        name=chosen.name, url=chosen.url, secret=secret, events=tuple(chosen.event), command_id=new_command_id()
    )
    saved = named(chosen, engine, clock).execute(order)
    print(f"Webhook {saved.webhook_id} receives events from now on.")
    print(f"The secret that its messages are signed with, shown only once: {secret}")
    return DONE


def _disable(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    access = named(chosen, engine, clock)
    hook = next((one for one in access.fetch(Webhooks()) if one.webhook_id == chosen.webhook), None)
    if hook is None:
        raise NotFound(f"The webhook {chosen.webhook}")
    access.execute(DisableWebhook(webhook_id=hook.webhook_id, version=hook.version, command_id=new_command_id()))
    print(f"{hook.name} receives nothing more.")
    return DONE
