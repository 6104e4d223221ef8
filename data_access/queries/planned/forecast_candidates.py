"""Candidates: the customers to whom something may happen in the days ahead, found before any is played forward."""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists

from data_access.base.statuses import RUNNING, BillStatus
from data_access.domain.shown_status import live
from data_access.models.collection import CollectionPolicy
from data_access.models.customers import Customer
from data_access.models.history import PlannedMove, PlanState
from data_access.models.money import Invoice
from data_access.queries.forecast.forecast_steps import Foreseen
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
class _Action:
    """What collection does so many days past due, and to whom."""

    after: Any
    to: ColumnElement[bool]


_ACTIONS: Mapping[Foreseen, _Action] = {
    Foreseen.LIMITATION: _Action(
        CollectionPolicy.limit_after, (Customer.bill_status == BillStatus.OPEN) & Customer.service_limited.is_(False)
    ),
    Foreseen.SUSPENSION: _Action(CollectionPolicy.suspend_after, Customer.bill_status == BillStatus.OPEN),
    Foreseen.TERMINATION: _Action(CollectionPolicy.terminate_after, Customer.bill_status.in_(RUNNING)),
}


@dataclass(frozen=True, slots=True)
class _Source:
    """Some of those to whom something may happen, in order, and the first moment at which it may."""

    asked: Select[*tuple[Any, ...]]
    begins: Callable[[Any], datetime]


_CHANGES_LATER = {Foreseen.TERMINATION, Foreseen.PLAN}  # what may end a customer for good some weeks after


def nearing(reader: Reader, kinds: Set[Foreseen], until: datetime, most: int) -> Near:
    """Whom one of these kinds may concern until then: at most so many, the first ones."""
    asked = kinds | _CHANGES_LATER if Foreseen.END in kinds else kinds
    moments: dict[int, datetime] = {}
    whole_until = until
    sources = {str(place): one for place, one in enumerate(_sources(reader, asked, until, most))}
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
    if not sources:
        return {}
    return apart(reader.session.execute(together({name: one.asked for name, one in sources.items()})))


def _sources(reader: Reader, kinds: Set[Foreseen], until: datetime, most: int) -> Iterator[_Source]:
    actions = {kind: action for kind, action in _ACTIONS.items() if kind in kinds}
    if actions:
        yield from _acted_on(reader, actions, until, most)
    if kinds & {Foreseen.LIFT_END, Foreseen.RESUME}:
        lifted = Customer.suspension_lifted_until
        yield _by_instant(visible(Customer, reader.actor).where(lifted <= until), lifted, most)
    if kinds & {Foreseen.NOTICE, Foreseen.OVERDUE}:
        visited = Customer.collect_at
        yield _by_instant(visible(Customer, reader.actor).where(visited <= until), visited, most)
    if Foreseen.END in kinds:
        yield _ending(reader, until, most)
    if Foreseen.PLAN in kinds:
        yield _planned(reader, until, most)


def _acted_on(reader: Reader, actions: Mapping[Foreseen, _Action], until: datetime, most: int) -> Iterator[_Source]:
    """Those with an invoice that will be old enough, for every number of days that some terms hold."""
    columns = (action.after.label(kind.value) for kind, action in actions.items())
    versions = reader.session.execute(
        visible(CollectionPolicy, reader.actor).with_only_columns(CollectionPolicy.id, *columns)
    ).all()
    for kind, action in actions.items():
        by_days: dict[int, list[int]] = {}
        for row in versions:
            after = getattr(row, kind.value)
            if after is not None:
                by_days.setdefault(max(after, 1), []).append(row.id)
        for days, policies in by_days.items():
            yield _old_enough(reader, action, timedelta(days=days - 1), (policies, until), most)


def _old_enough(
    reader: Reader, action: _Action, late_for: timedelta, asked: tuple[list[int], datetime], most: int
) -> _Source:
    """`late_for`: how long the invoice has been overdue when the action comes."""
    policies, until = asked
    day = until - late_for + _WHOLE_DAY
    invoice = exists().where(
        Invoice.customer_id == Customer.id, Invoice.policy_id.in_(policies), Invoice.is_overdue(day),
    )  # fmt: skip
    debtors = visible(Customer, reader.actor).where(Customer.is_overdue(day), live(), action.to, invoice)
    return _by_instant(debtors, Customer.first_overdue_from, most, late_for - _WHOLE_DAY)


def _by_instant(query: Select[Any], at: Any, most: int, later: timedelta = timedelta(0)) -> _Source:
    first = query.with_only_columns(Customer.id, at.label("at")).order_by(at, Customer.id).limit(most)
    return _Source(first, lambda row: row.at + later)


def _ending(reader: Reader, until: datetime, most: int) -> _Source:
    on = Customer.terminate_on
    ends = visible(Customer, reader.actor).where(on <= until.date() + _WHOLE_DAY, live())
    return _by_day(ends.with_only_columns(Customer.id, on.label("on")).order_by(on, Customer.id).limit(most))


def _planned(reader: Reader, until: datetime, most: int) -> _Source:
    on = PlannedMove.due_on
    plans = visible(PlannedMove, reader.actor).where(
        PlannedMove.state == PlanState.PLANNED, on <= until.date() + _WHOLE_DAY
    )
    columns = PlannedMove.customer_id.label("id"), on.label("on")
    return _by_day(plans.with_only_columns(*columns).order_by(on, PlannedMove.id).limit(most))


def _by_day(first: Select[*tuple[Any, ...]]) -> _Source:
    """A day begins in the zone where it begins first."""
    return _Source(first, lambda row: datetime.combine(row.on, time.min, tzinfo=UTC) - _FARTHEST_EAST)
