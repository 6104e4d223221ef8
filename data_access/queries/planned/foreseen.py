"""Stored forecasts: the future steps of all customers, and the forecasts that a job maintains."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import Select, bindparam, exists, func, or_, select, union_all

from data_access.base.permissions import Actor, Permission
from data_access.domain.shown_status import live
from data_access.models.customers import Customer
from data_access.models.history import PlannedMove, PlanState
from data_access.models.kept.foreseen import ForeseenStep, OutdatedForecast
from data_access.queries.customer_context import AnyRow
from data_access.queries.forecast.customer_forecast import WHO, situations
from data_access.queries.forecast.forecast_steps import OF_STATUS, ForecastStep, Foreseen, first_moment, steps_ahead
from data_access.services.facts.steps_taken import notice_waits
from data_access.services.facts.together import apart, together
from data_access.store.access import Query, Reader
from data_access.store.confined import made_once
from data_access.store.scope import visible

_KINDS = {one.value: one for one in Foreseen}
EVERYONE = 20_000  # customers that are outdated at once


class DatedForecast(NamedTuple):
    """Something ahead of a customer. `who`: a row with `WHO` in it."""

    customer_id: int
    who: AnyRow
    told: ForecastStep


@dataclass(frozen=True, slots=True)
class KeptSteps:
    """The first kept steps, in no order, and the customers who are to be played forward since theirs do not hold."""

    steps: list[DatedForecast]
    outdated: frozenset[int]


def kept_ahead(reader: Reader, kinds: frozenset[Foreseen], until: datetime, limit: int, most: int) -> KeptSteps | None:
    """The kept steps of these kinds up to an instant; None where more than `most` customers are outdated."""
    asked = {"now": reader.now, "until": until, "limit": limit, "most": most + 1}
    found = apart(reader.session.execute(_asked(reader.actor, kinds), asked))
    outdated = frozenset(row.customer_id for name in ("outdated", "past") for row in found[name])
    if None in outdated or len(outdated) > most:
        return None
    return KeptSteps([_told(row) for row in found["steps"]], outdated)


def _told(row: AnyRow) -> DatedForecast:
    step = ForecastStep(row.at, row.day, _KINDS[row.kind], row.says, number=row.number, plan_id=row.plan_id)
    return DatedForecast(row.customer_id, row, step)


@made_once
def _asked(actor: Actor, kinds: frozenset[Foreseen]) -> Select[*tuple[Any, ...]]:
    """All in one statement: what is outdated and what is kept are of one moment."""
    outdated = visible(OutdatedForecast, actor).with_only_columns(OutdatedForecast.customer_id).distinct()
    past = visible(ForeseenStep, actor).where(ForeseenStep.place == 0, ForeseenStep.holds_until <= bindparam("now"))
    first = _in_order(actor, kinds).subquery()
    steps = select(*first.c, *WHO).join(Customer, Customer.id == first.c.customer_id)
    return together(
        {
            "outdated": outdated.limit(bindparam("most")),
            "past": past.with_only_columns(ForeseenStep.customer_id).limit(bindparam("most")),
            "steps": steps,
        }
    )


def _in_order(actor: Actor, kinds: frozenset[Foreseen]) -> Select[Any]:
    """The first ones. Of some kinds: of each so many are read off the index in its order, then the first of them."""
    ahead = _ahead(actor)
    if kinds == OF_STATUS and actor.reseller_id is None:
        return ahead
    of_kinds = [ahead.where(ForeseenStep.kind == kind.value).subquery() for kind in sorted(kinds)]
    each = [select(*one.c) for one in of_kinds]
    if len(each) == 1:
        return each[0]
    found = union_all(*each).subquery()
    return select(*found.c).order_by(found.c.at, found.c.customer_id).limit(bindparam("limit"))


def _ahead(actor: Actor) -> Select[Any]:
    newer = visible(OutdatedForecast, actor).where(OutdatedForecast.customer_id.is_not(None))
    columns = ("customer_id", "kind", "at", "day", "says", "number", "plan_id")
    return (
        visible(ForeseenStep, actor)
        .where(ForeseenStep.at > bindparam("now"), ForeseenStep.at <= bindparam("until"))
        .where(ForeseenStep.holds_until > bindparam("now"))
        .where(ForeseenStep.customer_id.not_in(newer.with_only_columns(OutdatedForecast.customer_id).scalar_subquery()))
        .with_only_columns(*(getattr(ForeseenStep, name) for name in columns))
        .order_by(ForeseenStep.at, ForeseenStep.customer_id)
        .limit(bindparam("limit"))
    )


@dataclass(frozen=True)
class OutdatedForecasts(Query[tuple[tuple[int, int | None, int], ...]]):
    """What is noted as outdated: id, customer and how far it was walked. At most `limit`, the first ones above `after`,
    or the last ones up to `up_to`, ascending.

    Whoever a notice is still to be sent to stays outdated until it was.
    """

    needs: ClassVar = Permission.SYSTEM_RUN
    after: int = 0
    limit: int = 500
    up_to: int | None = None

    def run(self, reader: Reader) -> tuple[tuple[int, int | None, int], ...]:
        key = OutdatedForecast.id
        noted = visible(OutdatedForecast, reader.actor).where(key > self.after)
        noted = noted.where(~notice_waits(OutdatedForecast.customer_id)).order_by(key)
        if self.up_to is not None:
            noted = noted.where(key <= self.up_to).order_by(None).order_by(key.desc())
        columns = key, OutdatedForecast.customer_id, OutdatedForecast.walked_to
        found = reader.session.execute(noted.with_only_columns(*columns).limit(self.limit))
        return tuple(sorted((row.id, row.customer_id, row.walked_to) for row in found))


@dataclass(frozen=True)
class CountOutdated(Query[int]):
    """How many customers' forecasts are outdated; at most so many are counted."""

    needs: ClassVar = Permission.SYSTEM_RUN
    most: int

    def run(self, reader: Reader) -> int:
        noted = visible(OutdatedForecast, reader.actor).where(~notice_waits(OutdatedForecast.customer_id))
        some = noted.with_only_columns(OutdatedForecast.id).limit(self.most).subquery()
        return reader.session.scalar(select(func.count()).select_from(some)) or 0


@dataclass(frozen=True)
class WithSomethingAhead(Query[tuple[int, ...]]):
    """The ids of customers who may have something ahead, above one, ascending, with those who have a kept forecast."""

    needs: ClassVar = Permission.SYSTEM_RUN
    after: int

    def run(self, reader: Reader) -> tuple[int, ...]:
        return with_something_ahead(reader, self.after, EVERYONE)


def with_something_ahead(reader: Reader, after: int, limit: int) -> tuple[int, ...]:
    """The same, so many at most."""
    planned = exists().where(PlannedMove.customer_id == Customer.id, PlannedMove.state == PlanState.PLANNED)
    kept = exists().where(ForeseenStep.customer_id == Customer.id)
    dated = [one.is_not(None) for one in (Customer.collect_at, Customer.suspension_lifted_until)]
    ends = Customer.terminate_on.is_not(None) & live()
    some = visible(Customer, reader.actor).where(Customer.id > after, or_(*dated, ends, planned, kept))
    return tuple(reader.session.scalars(some.with_only_columns(Customer.id).order_by(Customer.id).limit(limit)))


@dataclass(frozen=True)
class ForecastsToKeep(Query[list[Mapping[str, Any]]]):
    """The rows of the steps ahead of these customers, as they are to be kept."""

    needs: ClassVar = Permission.SYSTEM_RUN
    customer_ids: tuple[int, ...]

    def run(self, reader: Reader) -> list[Mapping[str, Any]]:
        return to_keep(reader, self.customer_ids)


def to_keep(reader: Reader, customer_ids: Sequence[int]) -> list[Mapping[str, Any]]:
    """The same, for a query that compares them."""
    rows = list[Mapping[str, Any]]()
    for row, outlook in situations(reader, customer_ids):
        holds_until = first_moment(outlook)
        if holds_until is not None:
            own = {"customer_id": row.id, "reseller_id": row.reseller_id, "holds_until": holds_until}
            steps = [step for step in steps_ahead(outlook) if step.kind in OF_STATUS]
            rows.extend(own | {"place": place, **_as_kept(step)} for place, step in enumerate(steps))
    reader.session.expunge_all()
    return rows


def _as_kept(step: ForecastStep) -> Mapping[str, Any]:
    told = {name: getattr(step, name) for name in ("at", "says", "number", "plan_id")}
    return told | {"kind": step.kind.value, "day": step.on}
