"""The late customers of a list: what of theirs is overdue, and what collection does next, as it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, or_

from data_access.base.clock import NOW
from data_access.base.money import ZERO
from data_access.base.permissions import Actor
from data_access.models.kept.foreseen import ForeseenStep, OutdatedForecast
from data_access.models.money import Invoice
from data_access.queries.customer_context import AnyRow
from data_access.queries.forecast.customer_forecast import situations
from data_access.queries.forecast.forecast_steps import BY_DEBT, Foreseen, played
from data_access.queries.forecast.next_step import NextStep, first_by_debt
from data_access.services.facts.together import apart, together
from data_access.store.access import Reader
from data_access.store.confined import made_once
from data_access.store.scope import visible

_IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)


@dataclass(slots=True)
class Late:
    """What is overdue, since which day the longest of it, and what collection does next unless it is paid."""

    overdue: Decimal = ZERO
    since: date | None = None
    next: NextStep | None = None


def late_customers(reader: Reader, customer_ids: Sequence[int]) -> dict[int, Late]:
    """Of customers with something overdue; whose kept forecast does not hold is played forward here."""
    if not customer_ids:
        return {}
    asked = {"ids": customer_ids, "now": reader.now}
    found = apart(reader.session.execute(_asked(reader.actor), asked))
    late = {key: Late() for key in customer_ids}
    for row in found["invoices"]:
        own = late[row.customer_id]
        own.overdue += row.open
        own.since = min(own.since or row.due_on, row.due_on)
    outdated = {row.customer_id for row in found["outdated"]}
    past = {row.customer_id for row in found["steps"] if row.holds_until <= reader.now}
    again = set(customer_ids) if None in outdated else outdated | past
    for key, step in _kept(found["steps"]).items():
        late[key].next = step
    for row, outlook in situations(reader, sorted(again)):
        late[row.id].next = first_by_debt(played(outlook))
    return late


def _kept(steps: Sequence[AnyRow]) -> Mapping[int, NextStep]:
    found: dict[int, NextStep] = {}
    for row in sorted(steps, key=lambda row: row.place):
        if row.kind in _KINDS:
            found.setdefault(row.customer_id, NextStep(row.day, BY_DEBT[_KINDS[row.kind]].ahead, "paid"))
    return found


_KINDS: dict[str, Foreseen] = {kind.value: kind for kind in BY_DEBT}


@made_once
def _asked(actor: Actor) -> Select[*tuple[Any, ...]]:
    """All in one statement: what is outdated and what is kept are of one moment."""
    invoices = visible(Invoice, actor).where(Invoice.customer_id.in_(_IDS), Invoice.is_overdue(NOW))
    steps = visible(ForeseenStep, actor).where(ForeseenStep.customer_id.in_(_IDS))
    of_all = OutdatedForecast.customer_id.is_(None)
    outdated = visible(OutdatedForecast, actor).where(or_(of_all, OutdatedForecast.customer_id.in_(_IDS)))
    return together(
        {
            "invoices": invoices.with_only_columns(Invoice.customer_id, Invoice.open.label("open"), Invoice.due_on),
            "steps": steps.with_only_columns(
                ForeseenStep.customer_id, ForeseenStep.place, ForeseenStep.kind, ForeseenStep.day,
                ForeseenStep.holds_until,
            ),
            "outdated": outdated.with_only_columns(OutdatedForecast.customer_id),
        }
    )  # fmt: skip
