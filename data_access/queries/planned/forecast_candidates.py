"""Candidates: the customers to whom something may happen in the days ahead, found before any is played forward."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists

from data_access.base.statuses import RUNNING, BillStatus
from data_access.domain.shown_status import live
from data_access.models.collection import CollectionPolicy
from data_access.models.customers import Customer
from data_access.models.history import PlannedMove, PlanState
from data_access.models.money import Invoice
from data_access.queries.forecast.forecast_steps import Foreseen
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
Found = tuple[Sequence[tuple[int, datetime]], datetime | None]
"""The ids, each with the first moment at which something may happen, and from when on some may be missing."""
_CHANGES_LATER = {Foreseen.TERMINATION, Foreseen.PLAN}  # what may end a customer for good some weeks after


def nearing(reader: Reader, kinds: Set[Foreseen], until: datetime, most: int) -> Near:
    """Whom one of these kinds may concern until then: at most so many, the first ones."""
    asked = kinds | _CHANGES_LATER if Foreseen.END in kinds else kinds
    moments: dict[int, datetime] = {}
    whole_until = until
    for found, missing_from in _sources(reader, asked, until, most):
        for key, at in found:
            moments[key] = min(at, moments.get(key, at))
        whole_until = min(whole_until, missing_from or until)
    in_order = sorted(moments, key=lambda key: (moments[key], key))
    if len(in_order) > most:
        whole_until = min(whole_until, moments[in_order[most]])
    return Near(frozenset(in_order[:most]), max(whole_until, reader.now))


def _sources(reader: Reader, kinds: Set[Foreseen], until: datetime, most: int) -> Iterator[Found]:
    for kind, action in _ACTIONS.items():
        if kind in kinds:
            yield from _acted_on(reader, action, until, most)
    if kinds & {Foreseen.LIFT_END, Foreseen.RESUME}:
        lifted = Customer.suspension_lifted_until
        yield _by_instant(reader, visible(Customer, reader.actor).where(lifted <= until), lifted, most)
    if kinds & {Foreseen.NOTICE, Foreseen.OVERDUE}:
        visited = Customer.collect_at
        yield _by_instant(reader, visible(Customer, reader.actor).where(visited <= until), visited, most)
    if Foreseen.END in kinds:
        yield _ending(reader, until, most)
    if Foreseen.PLAN in kinds:
        yield _planned(reader, until, most)


def _acted_on(reader: Reader, action: _Action, until: datetime, most: int) -> Iterator[Found]:
    """Those with an invoice that will be old enough, for every number of days that some terms hold."""
    versions = visible(CollectionPolicy, reader.actor).where(action.after.is_not(None))
    by_days: dict[int, list[int]] = {}
    for row in reader.session.execute(versions.with_only_columns(CollectionPolicy.id, action.after.label("days"))):
        by_days.setdefault(max(row.days, 1), []).append(row.id)
    for days, policies in by_days.items():
        yield _old_enough(reader, action, timedelta(days=days - 1), (policies, until), most)


def _old_enough(
    reader: Reader, action: _Action, late_for: timedelta, asked: tuple[list[int], datetime], most: int
) -> Found:
    """`late_for`: how long the invoice has been overdue when the action comes."""
    policies, until = asked
    day = until - late_for + _WHOLE_DAY
    invoice = exists().where(
        Invoice.customer_id == Customer.id, Invoice.policy_id.in_(policies), Invoice.is_overdue(day),
    )  # fmt: skip
    since = Customer.first_overdue_from
    debtors = visible(Customer, reader.actor).where(Customer.is_overdue(day), action.to, invoice)
    found, missing_from = _by_instant(reader, debtors, since, most)
    sooner = late_for - _WHOLE_DAY
    return [(key, at + sooner) for key, at in found], None if missing_from is None else missing_from + sooner


def _by_instant(reader: Reader, query: Select[Any], at: Any, most: int) -> Found:
    rows = reader.session.execute(
        query.with_only_columns(Customer.id, at.label("at")).order_by(at, Customer.id).limit(most)
    ).all()
    return [(row.id, row.at) for row in rows], rows[-1].at if len(rows) == most else None


def _ending(reader: Reader, until: datetime, most: int) -> Found:
    on = Customer.terminate_on
    ends = visible(Customer, reader.actor).where(on <= until.date() + _WHOLE_DAY, live())
    rows = reader.session.execute(
        ends.with_only_columns(Customer.id, on.label("on")).order_by(on, Customer.id).limit(most)
    ).all()
    return [(row.id, _begins(row.on)) for row in rows], _begins(rows[-1].on) if len(rows) == most else None


def _planned(reader: Reader, until: datetime, most: int) -> Found:
    on = PlannedMove.due_on
    plans = visible(PlannedMove, reader.actor).where(
        PlannedMove.state == PlanState.PLANNED, on <= until.date() + _WHOLE_DAY
    )
    rows = reader.session.execute(
        plans.with_only_columns(PlannedMove.customer_id, on.label("on")).order_by(on, PlannedMove.id).limit(most)
    ).all()
    return [(row.customer_id, _begins(row.on)) for row in rows], _begins(rows[-1].on) if len(rows) == most else None


def _begins(day: date) -> datetime:
    """When a day begins in the zone where it begins first."""
    return datetime.combine(day, time.min, tzinfo=UTC) - _FARTHEST_EAST
