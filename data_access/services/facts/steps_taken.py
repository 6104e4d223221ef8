"""What was done about open invoices: the collection steps taken, as far as they still count."""

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, bindparam, exists, false
from sqlalchemy.orm import Session

from data_access.base.clock import day_in
from data_access.base.permissions import Actor
from data_access.base.settings import settings
from data_access.domain.collections.dunning import NOTICES, STAGES, WARNS_OF, notice_key
from data_access.models.collection import CollectionStep, Step
from data_access.models.customers import Customer
from data_access.models.money import Allocation, Invoice
from data_access.models.outbox import Message, MessageState
from data_access.services.facts.together import apart, together
from data_access.store.confined import made_once
from data_access.store.scope import visible

Moments = dict[tuple[Step, int], datetime]


def steps_taken(session: Session, actor: Actor, rows: Sequence[Any], now: datetime) -> dict[int, Moments]:
    """When each step about these open invoices was last taken; what was done about an invoice before it was issued
    again counts. A notice from before it was paid, and opened again, says nothing any more, unless it was acted on.
    """
    chains = _chains(session, actor, rows)
    ids = {invoice_id for chain in chains.values() for invoice_id in chain}
    found = apart(session.execute(_asked(actor), {"ids": list(ids), "open": list(chains)}))
    steps = sorted(found["steps"], key=lambda row: (row.at, row.id))
    told = _told(session, actor, [_key(row) for row in steps if row.step in WARNS_OF])
    done: defaultdict[int, Moments] = defaultdict(dict)
    for row in steps:
        at = _given_at(row, told.get(_key(row)), now)
        if at is not None:
            done[row.invoice_id][row.step, row.days] = at
    reopened = _reopened(session, actor, {row.invoice_id for row in found["returned"]})
    merged = {
        invoice_id: {key: at for earlier in reversed(chain) for key, at in done[earlier].items()}
        for invoice_id, chain in chains.items()
    }
    return {key: _still_said(steps, reopened.get(key)) for key, steps in merged.items()}


@made_once
def _asked(actor: Actor) -> Select[*tuple[Any, ...]]:
    """The steps about invoices, and which of those that are open got back a payment that was taken out again."""
    steps = (
        visible(CollectionStep, actor)
        .join(Customer, Customer.id == CollectionStep.customer_id)
        .where(CollectionStep.invoice_id.in_(bindparam("ids", expanding=True)))
        .with_only_columns(
            CollectionStep.id, CollectionStep.invoice_id, CollectionStep.step, CollectionStep.days, CollectionStep.at,
            CollectionStep.due_at, CollectionStep.command_id, Customer.billing_zone,
        )
    )  # fmt: skip
    returned = visible(Allocation, actor).where(
        Allocation.invoice_id.in_(bindparam("open", expanding=True)), Allocation.reverses_id.is_not(None)
    )
    return together({"steps": steps, "returned": returned.with_only_columns(Allocation.invoice_id)})


def _key(row: Any) -> str:
    return notice_key(row.command_id, row.invoice_id, row.step, row.days)


def _told(session: Session, actor: Actor, keys: Sequence[str]) -> dict[str, Any]:
    """The messages of notices, by key."""
    if not keys:
        return {}
    return {row.key: row for row in session.execute(_messages(actor), {"keys": keys})}


@made_once
def _messages(actor: Actor) -> Select[*tuple[Any, ...]]:
    columns = (Message.key, Message.state, Message.at, Message.sent_at)
    asked = visible(Message, actor).where(Message.key.in_(bindparam("keys", expanding=True)))
    return asked.with_only_columns(*columns).order_by(Message.id)


def _given_at(row: Any, message: Any, now: datetime) -> datetime | None:
    """When a step was really taken. A notice in advance is given when it is sent (ruling 47).

    One that still waits counts from now at the earliest. One that was dropped, or will be since the day that it tells
    of has come, does not count (None) and is given again. One that cannot be sent, or that there is no mail server for,
    counts when it was written.
    """
    if message is None:
        return cast(datetime, row.at)
    waits = _waits(message.state)
    has_come = day_in(row.billing_zone, row.due_at) + timedelta(days=row.days) <= day_in(row.billing_zone, now)
    if message.state is MessageState.DROPPED or (waits and has_come):
        return None
    return now if waits else message.sent_at or message.at


def _waits(state: MessageState) -> bool:
    """Whether a message is going to be sent; without a mail server none is."""
    return state is MessageState.WAITING and settings().has_mail


def notice_waits(customer_id: Any) -> ColumnElement[bool]:
    """Whether a notice to the customer is still to be sent: as long as it is, its day moves on with the clock."""
    if not settings().has_mail:
        return false()
    waiting = Message.key.startswith(NOTICES), Message.state == MessageState.WAITING
    return exists().where(Message.customer_id == customer_id, *waiting)


def _still_said(steps: Moments, reopened_at: datetime | None) -> Moments:
    if reopened_at is None:
        return steps
    acted = {step for step, _ in steps if step in STAGES}
    return {
        (step, days): at
        for (step, days), at in steps.items()
        if step not in WARNS_OF or WARNS_OF[step] in acted or at >= reopened_at
    }


def _chains(session: Session, actor: Actor, rows: Sequence[Any]) -> dict[int, list[int]]:
    """For each invoice itself and those that it was issued in place of, newest first."""
    replaced: dict[int, int | None] = {row.id: row.replaces_id for row in rows}
    while unknown := {key for key in replaced.values() if key is not None} - set(replaced):
        older = (
            visible(Invoice, actor).where(Invoice.id.in_(unknown)).with_only_columns(Invoice.id, Invoice.replaces_id)
        )
        replaced |= dict.fromkeys(unknown) | {row.id: row.replaces_id for row in session.execute(older)}
    return {row.id: list(_back_from(row.id, replaced)) for row in rows}


def _back_from(invoice_id: int | None, replaced: dict[int, int | None]) -> Iterator[int]:
    while invoice_id is not None:
        yield invoice_id
        invoice_id = replaced.get(invoice_id)


def _reopened(session: Session, actor: Actor, returned: Set[int]) -> dict[int, datetime]:
    """When each of these invoices was last open again after it had been paid in full; most never were."""
    if not returned:
        return {}
    uses = (
        visible(Allocation, actor)
        .where(Allocation.invoice_id.in_(returned))
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .with_only_columns(Allocation.invoice_id, Allocation.amount, Allocation.at, Invoice.total)
        .order_by(Allocation.id)
    )
    paid, reopened = defaultdict[int, Decimal](Decimal), dict[int, datetime]()
    for use in session.execute(uses):
        if paid[use.invoice_id] == use.total:
            reopened[use.invoice_id] = use.at
        paid[use.invoice_id] += use.amount
    return reopened
