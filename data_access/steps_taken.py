"""What was done about open invoices: the steps of collection taken, as far as they still count."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from data_access.dunning import STAGES, WARNS_OF
from data_access.models.collection import CollectionStep, Step
from data_access.models.money import Allocation, Invoice
from data_access.permissions import Actor
from data_access.scope import visible

Moments = dict[tuple[Step, int], datetime]


def steps_taken(session: Session, actor: Actor, rows: Sequence[Any]) -> dict[int, Moments]:
    """When each step about these open invoices was last taken; what was done about an invoice before it was issued
    again counts. A notice from before it was paid, and opened again, says nothing any more, unless it was acted upon.
    """
    chains = _chains(session, actor, rows)
    ids = {invoice_id for chain in chains.values() for invoice_id in chain}
    asked = visible(CollectionStep, actor).where(CollectionStep.invoice_id.in_(ids))
    columns = (CollectionStep.invoice_id, CollectionStep.step, CollectionStep.days, CollectionStep.at)
    done: defaultdict[int, Moments] = defaultdict(dict)
    for row in session.execute(asked.with_only_columns(*columns).order_by(CollectionStep.at, CollectionStep.id)):
        done[row.invoice_id][row.step, row.days] = row.at
    reopened = _reopened(session, actor, list(chains))
    merged = {
        invoice_id: {key: at for earlier in reversed(chain) for key, at in done[earlier].items()}
        for invoice_id, chain in chains.items()
    }
    return {key: _still_said(steps, reopened.get(key)) for key, steps in merged.items()}


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


def _reopened(session: Session, actor: Actor, invoice_ids: Sequence[int]) -> dict[int, datetime]:
    """When each of these invoices was last open again after it had been paid in full; most never were."""
    mine = visible(Allocation, actor).where(Allocation.invoice_id.in_(invoice_ids))
    returned = set(
        session.scalars(mine.where(Allocation.reverses_id.is_not(None)).with_only_columns(Allocation.invoice_id))
    )
    if not returned:
        return {}
    uses = (
        mine.where(Allocation.invoice_id.in_(returned))
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
