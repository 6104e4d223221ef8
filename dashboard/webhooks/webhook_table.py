"""The tables of Webhooks: how each stands, and what was told lately."""

from collections.abc import Sequence

import streamlit as st

from dashboard.kit import viewer
from dashboard.kit.addresses import page_params
from dashboard.kit.addresses.links import link, open_customer
from dashboard.kit.formats import counted, number
from dashboard.kit.look.palette import OUTBOX
from dashboard.kit.tables.link_table import TextColumn, word_table
from dashboard.kit.tables.table import Chip
from data_access.base.events import Event
from data_access.queries.customers.messages import Hook
from data_access.queries.jobs.deliveries import Delivery

EVENTS = {event.value: event.label for event in Event}
_EVERYTHING = "all events"


def chosen(hooks: Sequence[Hook]) -> Hook | None:
    """The webhook that the address asks for; None when it names none."""
    return next((hook for hook in hooks if str(hook.webhook_id) == page_params.changing()), None)


def webhooks(hooks: Sequence[Hook]) -> None:
    """A row a webhook; its name opens it."""
    if not hooks:
        st.info("No other system receives events yet. Add a webhook to send them as they happen.")
        return
    columns = [
        TextColumn("Name", [hook.name for hook in hooks], "opener", 160),
        TextColumn("State", [_states(hook) for hook in hooks], "chips", 150),
        TextColumn("Address", [hook.url for hook in hooks], width=236),
        TextColumn("Events", [told_of(hook) for hook in hooks], width=230),
        TextColumn("Waiting", [number(hook.waiting) for hook in hooks], "amount", 66),
        TextColumn("Given up", [number(hook.failed) for hook in hooks], "amount", 66),
        TextColumn("Last error", [hook.last_error for hook in hooks], width=210),
    ]
    click = word_table(columns, key="webhooks", alt=f"{counted(len(hooks), 'webhook')}, oldest first")
    if click is not None and page_params.changing() != str(hooks[click.row].webhook_id):
        page_params.change(str(hooks[click.row].webhook_id))
        st.rerun()


def told_of(hook: Hook) -> str:
    """The events that it is told of, in words."""
    return ", ".join(EVENTS.get(name, name) for name in hook.events) or _EVERYTHING


def _states(hook: Hook) -> list[Chip]:
    fails = hook.is_active and bool(hook.last_error)
    return [_chip("active" if hook.is_active else "disabled"), *([_chip("failing")] if fails else [])]


def _chip(state: str) -> Chip:
    return Chip(OUTBOX[state].chip, OUTBOX[state])


def deliveries(hook: Hook | None, rows: Sequence[Delivery]) -> None:
    """What was told lately, newest first; the Customer ID opens the customer."""
    if not rows:
        st.text("Nothing has been sent yet: none of its events has happened since it was added.")
        return
    columns = [
        TextColumn("When", [viewer.moment(row.at) for row in rows], width=136),
        TextColumn("Event", [EVENTS.get(row.event, row.event) for row in rows], width=170),
        TextColumn("Customer", [row.customer_code for row in rows], "opener", 90),
        *([] if hook else [TextColumn("Webhook", [row.webhook for row in rows], width=150)]),
        TextColumn("State", [[_chip(row.state.value)] for row in rows], "chips", 110),
        TextColumn("Tries", [number(row.attempts) for row in rows], "amount", 50),
        TextColumn("What comes of it", [_outcome(row) for row in rows], width=420),
    ]
    click = word_table(columns, key="deliveries", alt=f"{counted(len(rows), 'message')} to webhooks, newest first")
    customer_id = None if click is None else rows[click.row].customer_id
    if customer_id is not None:
        open_customer(customer_id)
    if hook is not None:
        link("webhooks", "Those of all webhooks")


def _outcome(row: Delivery) -> str:
    if row.sent_at is not None:
        return f"Arrived {viewer.moment(row.sent_at)}"
    again = f"Tried again {viewer.moment(row.next_try_at)}" if row.next_try_at is not None and row.attempts else ""
    return ". ".join(part for part in (row.last_error.rstrip("."), again) if part)
