"""The tables of Webhooks: the state of each, and recent messages."""

from collections.abc import Sequence

import streamlit as st

from dashboard.kit import viewer
from dashboard.kit.addresses import page_params
from dashboard.kit.addresses.links import link, open_customer
from dashboard.kit.formats import counted, number
from dashboard.kit.look.palette import OUTBOX
from dashboard.kit.tables.field_column import field_column
from dashboard.kit.tables.table import Chip, Column, Columns, table
from data_access.base.events import Event
from data_access.domain.sections import WEBHOOK
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
    columns: Columns[Hook] = (
        field_column(WEBHOOK["name"], 160, "opener"),
        Column("State", _states, "chips", 150),
        field_column(WEBHOOK["url"], 202),
        Column("Events", told_of, width=230),
        Column("Waiting", lambda hook: number(hook.waiting), "amount", 66),
        Column("Given up", lambda hook: number(hook.failed), "amount", 66),
        Column("Last error", lambda hook: hook.last_error, width=210),
    )
    click = table(hooks, columns, key="webhooks", alt=f"{counted(len(hooks), 'webhook')}, oldest first")
    if click is not None and page_params.changing() != str(click.row.webhook_id):
        page_params.change(str(click.row.webhook_id))
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
    columns: Columns[Delivery] = (
        Column("When", lambda row: viewer.moment(row.at), width=136),
        Column("Event", lambda row: EVENTS.get(row.event, row.event), width=170),
        Column("Customer", lambda row: row.customer_code, "opener", 90),
        *([] if hook else [Column("Webhook", lambda row: row.webhook, width=150)]),
        Column("State", lambda row: [_chip(row.state.value)], "chips", 110),
        Column("Tries", lambda row: number(row.attempts), "amount", 50),
        Column("What comes of it", _outcome, width=420),
    )
    click = table(rows, columns, key="deliveries", alt=f"{counted(len(rows), 'message')} to webhooks, newest first")
    if click is not None and click.row.customer_id is not None:
        open_customer(click.row.customer_id)
    if hook is not None:
        link("webhooks", "Those of all webhooks")


def _outcome(row: Delivery) -> str:
    if row.sent_at is not None:
        return f"Arrived {viewer.moment(row.sent_at)}"
    again = f"Tried again {viewer.moment(row.next_try_at)}" if row.next_try_at is not None and row.attempts else ""
    return ". ".join(part for part in (row.last_error.rstrip("."), again) if part)
