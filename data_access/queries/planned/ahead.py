"""The coming days of many customers, in order of time, with the days of each customer's own zone."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam

from data_access.base.clock import day_in, start_of
from data_access.base.permissions import Actor
from data_access.base.statuses import BILLED
from data_access.domain.shown_status import live
from data_access.models.collection import Promise, PromiseState
from data_access.models.customers import Customer
from data_access.models.history import InvoiceRequest, RequestState
from data_access.queries.customer_context import AnyRow
from data_access.queries.forecast.customer_forecast import (
    LIMIT_ENDS,
    WHO,
    WITHIN,
    midterm_comes,
    period_closes,
    promise_ends,
    situations,
)
from data_access.queries.forecast.forecast_steps import OF_STATUS, TOLD, ForecastStep, Foreseen, steps_ahead
from data_access.queries.planned.forecast_candidates import nearing
from data_access.queries.planned.foreseen import DatedForecast, kept_ahead
from data_access.services.facts.together import apart, together
from data_access.store.access import Reader
from data_access.store.confined import made_once
from data_access.store.scope import visible

Asked = Select[*tuple[Any, ...]]
_SPARE = 100  # so that a short list is whole for some days
BATCH = 500  # customers that are played forward at once
_LONGER = 2  # hours, at most, that a day on which clocks change has more than 24


@dataclass(frozen=True, slots=True)
class Span:
    """So many days ahead: where each customer is billed, to the end of that day."""

    now: datetime
    days: int

    @property
    def until(self) -> datetime:
        """When the last day has ended everywhere, also where a day has 25 hours."""
        return self.now + timedelta(days=self.days + 1, hours=_LONGER)

    @property
    def surely(self) -> datetime:
        """Before then the last day has ended nowhere."""
        return self.now + timedelta(days=self.days, hours=-_LONGER)

    def last_day(self, zone: str) -> date:
        return day_in(zone, self.now) + timedelta(days=self.days)

    def ends(self, zone: str) -> datetime:
        return start_of(self.last_day(zone) + timedelta(days=1), zone)


def ahead(reader: Reader, kinds: frozenset[Foreseen], span: Span, limit: int) -> tuple[list[DatedForecast], datetime]:
    """The next ones in order, and the moment up to which none is missing. Those after it are some of many."""
    found, whole_until = _of_status(reader, kinds, span.until, limit)
    wanted = _in_order(one for one in found if one.told.kind in kinds)
    last = wanted[limit].told.at if len(wanted) > limit else span.until  # what comes later is left out in any case
    wanted = _in_order([*wanted, *_beside_status(reader, kinds, last, limit)])
    if len(wanted) > limit:
        whole_until = min(whole_until, wanted[limit].told.at)
    last_day = cache(span.last_day)
    return [one for one in wanted[:limit] if one.told.on <= last_day(one.who.billing_zone)], whole_until


def _in_order(some: Iterable[DatedForecast]) -> list[DatedForecast]:
    return sorted(some, key=lambda one: (one.told.at, one.customer_id))


def _of_status(
    reader: Reader, kinds: frozenset[Foreseen], until: datetime, limit: int
) -> tuple[list[DatedForecast], datetime]:
    """The steps of status and collection, and the moment up to which none is missing.

    Those of status are kept. What is only told, and whatever does not hold any more, is played forward.
    """
    most = limit + _SPARE
    if not kinds & (OF_STATUS | TOLD):
        return [], until
    if not kinds & TOLD:
        kept = kept_ahead(reader, kinds & OF_STATUS, until, limit + 1, most)
        if kept is not None:
            return [*kept.steps, *_played(reader, kept.outdated, until)], until
    near = nearing(reader, until, most)
    return _played(reader, near.ids, until), near.whole_until


def _played(reader: Reader, customer_ids: frozenset[int], until: datetime) -> list[DatedForecast]:
    keys, steps = sorted(customer_ids), list[DatedForecast]()
    for start in range(0, len(keys), BATCH):
        told = situations(reader, keys[start : start + BATCH])
        steps += [DatedForecast(row.id, row, one) for row, outlook in told for one in steps_ahead(outlook, until)]
        reader.session.expunge_all()
    return steps


def _told(row: AnyRow, at: datetime, kind: Foreseen, says: str, amount: Any = None) -> DatedForecast:
    return DatedForecast(row.customer_id, row, ForecastStep(at, day_in(row.billing_zone, at), kind, says, amount))


def _beside_status(reader: Reader, kinds: frozenset[Foreseen], until: datetime, limit: int) -> Iterator[DatedForecast]:
    """What is ahead beside status and collection, of each kind so many and one more, the first ones."""
    wanted = {kind.value: tell for kind, (_, tell) in _BESIDE.items() if kind in kinds}
    if not wanted:
        return
    asked = {"now": reader.now, "until": until, "requested": until - WITHIN, "limit": limit + 1}
    found = apart(reader.session.execute(_asked_beside(reader.actor, frozenset(kinds & _BESIDE.keys())), asked))
    for name, tell in wanted.items():
        yield from map(tell, found[name])


@made_once
def _asked_beside(actor: Actor, kinds: frozenset[Foreseen]) -> Asked:
    return together(
        {kind.value: ask(actor).limit(bindparam("limit")) for kind, (ask, _) in _BESIDE.items() if kind in kinds}
    )


def _limits(actor: Actor) -> Asked:
    at = Customer.temporary_limit_until
    query = visible(Customer, actor).where(live(), at > bindparam("now"), at <= bindparam("until"))
    columns = (Customer.id.label("customer_id"), *WHO, at.label("at"), Customer.temporary_limit)
    return query.with_only_columns(*columns).order_by(at, Customer.id)


def _tell_limit(row: AnyRow) -> DatedForecast:
    return _told(row, row.at, Foreseen.LIMIT_END, LIMIT_ENDS, row.temporary_limit)


def _periods(actor: Actor) -> Asked:
    at = Customer.closes_at
    query = visible(Customer, actor).where(at <= bindparam("until"), Customer.bill_status.in_(BILLED))
    columns = (
        Customer.id.label("customer_id"), *WHO, at.label("at"), Customer.period_from, Customer.period_to,
    )  # fmt: skip
    return query.with_only_columns(*columns).order_by(at, Customer.id)


def _tell_period(row: AnyRow) -> DatedForecast:
    return _told(row, row.at, Foreseen.PERIOD, period_closes(row.period_from, row.period_to))


def _promises(actor: Actor) -> Asked:
    at = Promise.due_at
    query = (
        visible(Promise, actor)
        .join(Customer, Customer.id == Promise.customer_id)
        .where(live(), Promise.state == PromiseState.OPEN, at > bindparam("now"), at <= bindparam("until"))
    )
    columns = (Promise.customer_id, *WHO, at.label("at"), Promise.amount, Promise.received)
    return query.with_only_columns(*columns).order_by(at, Promise.id)


def _tell_promise(row: AnyRow) -> DatedForecast:
    return _told(row, row.at, Foreseen.PROMISE, *promise_ends(row.amount, row.received))


def _requests(actor: Actor) -> Asked:
    at = InvoiceRequest.requested_at
    query = (
        visible(InvoiceRequest, actor)
        .join(Customer, Customer.id == InvoiceRequest.customer_id)
        .where(InvoiceRequest.state == RequestState.REQUESTED, at <= bindparam("requested"))
        .where(Customer.bill_status.in_(BILLED))
    )
    columns = InvoiceRequest.customer_id, *WHO, at.label("at")
    return query.with_only_columns(*columns).order_by(at, InvoiceRequest.id)


def _tell_request(row: AnyRow) -> DatedForecast:
    return _told(row, row.at + WITHIN, Foreseen.INVOICE, midterm_comes(row.at, row.billing_zone))


_BESIDE: dict[Foreseen, tuple[Callable[[Actor], Asked], Callable[[AnyRow], DatedForecast]]] = {
    Foreseen.LIMIT_END: (_limits, _tell_limit),
    Foreseen.PERIOD: (_periods, _tell_period),
    Foreseen.PROMISE: (_promises, _tell_promise),
    Foreseen.INVOICE: (_requests, _tell_request),
}
