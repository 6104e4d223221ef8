"""Candidates: customers to whom something may happen in the coming days, found before any is simulated."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select

from data_access.domain.shown_status import live
from data_access.models.customers import Customer
from data_access.models.history import PlannedMove, PlanState
from data_access.services.facts.together import apart, together
from data_access.store.access import Reader
from data_access.store.scope import visible

_FARTHEST_EAST = timedelta(hours=14)
_WHOLE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Near:
    """Customers by id, and the moment up to which none is missing."""

    ids: frozenset[int]
    whole_until: datetime


@dataclass(frozen=True, slots=True)
class _Source:
    """Some of those to whom something may happen, in order, and the first moment at which it may."""

    asked: Select[*tuple[Any, ...]]
    begins: Callable[[Any], datetime]


def nearing(reader: Reader, until: datetime, most: int) -> Near:
    """To whom the first thing may happen until then: at most so many, the first ones."""
    moments: dict[int, datetime] = {}
    whole_until = until
    sources = {str(place): one for place, one in enumerate(_sources(reader, until, most))}
    for name, rows in _found(reader, sources).items():
        begins = [(row.id, sources[name].begins(row)) for row in rows]
        for key, at in begins:
            moments[key] = min(at, moments.get(key, at))
        if len(begins) == most:  # from the last one on some may be missing
            whole_until = min(whole_until, max(at for _, at in begins))
    in_order = sorted(moments, key=lambda key: (moments[key], key))
    if len(in_order) > most:
        whole_until = min(whole_until, moments[in_order[most]])
    return Near(frozenset(in_order[:most]), max(whole_until, reader.now))


def _found(reader: Reader, sources: Mapping[str, _Source]) -> Mapping[str, list[Any]]:
    return apart(reader.session.execute(together({name: one.asked for name, one in sources.items()})))


def _sources(reader: Reader, until: datetime, most: int) -> Iterator[_Source]:
    """Collection comes to whom it has something to do with, never later than it does; lives and plans have a day."""
    for at in (Customer.collect_at, Customer.suspension_lifted_until):
        query = visible(Customer, reader.actor).where(at <= until).with_only_columns(Customer.id, at.label("at"))
        yield _Source(query.order_by(at, Customer.id).limit(most), lambda row: row.at)
    on = Customer.terminate_on
    ends = visible(Customer, reader.actor).where(on <= until.date() + _WHOLE_DAY, live())
    yield _by_day(ends.with_only_columns(Customer.id, on.label("on")).order_by(on, Customer.id).limit(most))
    due = PlannedMove.due_on
    plans = visible(PlannedMove, reader.actor).where(
        PlannedMove.state == PlanState.PLANNED, due <= until.date() + _WHOLE_DAY
    )
    columns = PlannedMove.customer_id.label("id"), due.label("on")
    yield _by_day(plans.with_only_columns(*columns).order_by(due, PlannedMove.id).limit(most))


def _by_day(first: Select[*tuple[Any, ...]]) -> _Source:
    """A day begins in the zone where it begins first."""
    return _Source(first, lambda row: datetime.combine(row.on, time.min, tzinfo=UTC) - _FARTHEST_EAST)
