"""Ahead: what the days to come hold for many customers, found in order of time, each customer's days its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select

from data_access.base.clock import day_in, start_of
from data_access.base.statuses import BILLED
from data_access.domain.shown_status import live
from data_access.models.collection import Promise, PromiseState
from data_access.models.customers import Customer
from data_access.models.history import InvoiceRequest, RequestState
from data_access.queries.customer_context import AnyRow
from data_access.queries.forecast.customer_forecast import (
    LIMIT_ENDS,
    WITHIN,
    midterm_comes,
    period_closes,
    promise_ends,
    situations,
)
from data_access.queries.forecast.forecast_steps import ForecastStep, Foreseen, steps_ahead
from data_access.queries.planned.forecast_candidates import nearing
from data_access.services.facts.together import apart, together
from data_access.store.access import Reader
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

    def last_day(self, zone: str) -> date:
        return day_in(zone, self.now) + timedelta(days=self.days)

    def ends(self, zone: str) -> datetime:
        return start_of(self.last_day(zone) + timedelta(days=1), zone)


@dataclass(frozen=True, slots=True)
class DatedForecast:
    """Something ahead of a customer, who is billed in this zone."""

    customer_id: int
    zone: str
    told: ForecastStep


def ahead(reader: Reader, kinds: frozenset[Foreseen], span: Span, limit: int) -> tuple[list[DatedForecast], datetime]:
    """The next ones in order, and the moment up to which none is missing. Those after it are some of many."""
    found, whole_until = _of_status(reader, kinds, span.until, limit)
    beside = _beside_status(reader, kinds, span.until, limit)
    wanted = [one for one in (*found, *beside) if one.told.kind in kinds]
    wanted.sort(key=lambda one: (one.told.at, one.customer_id))
    if len(wanted) > limit:
        whole_until = min(whole_until, wanted[limit].told.at)
    return [one for one in wanted[:limit] if one.told.on <= span.last_day(one.zone)], whole_until


def _of_status(
    reader: Reader, kinds: frozenset[Foreseen], until: datetime, limit: int
) -> tuple[list[DatedForecast], datetime]:
    """The steps of status and collection, and the moment up to which none is missing."""
    near = nearing(reader, kinds, until, limit + _SPARE)
    keys, steps = sorted(near.ids), list[DatedForecast]()
    for start in range(0, len(keys), BATCH):
        told = situations(reader, keys[start : start + BATCH])
        steps += [
            DatedForecast(row.id, row.billing_zone, one) for row, outlook in told for one in steps_ahead(outlook, until)
        ]
        reader.session.expunge_all()
    return steps, near.whole_until


def _told(row: AnyRow, at: datetime, kind: Foreseen, says: str, amount: Any = None) -> DatedForecast:
    return DatedForecast(
        row.customer_id, row.billing_zone, ForecastStep(at, day_in(row.billing_zone, at), kind, says, amount)
    )


def _beside_status(reader: Reader, kinds: frozenset[Foreseen], until: datetime, limit: int) -> Iterator[DatedForecast]:
    """What is ahead beside status and collection, of each kind so many and one more, the first ones."""
    wanted = {kind.value: one for kind, one in _BESIDE.items() if kind in kinds}
    asked = {name: ask(reader, until).order_by(Customer.id).limit(limit + 1) for name, (ask, _) in wanted.items()}
    found = apart(reader.session.execute(together(asked))) if asked else {}
    for name, (_, tell) in wanted.items():
        yield from map(tell, found[name])


def _limits(reader: Reader, until: datetime) -> Asked:
    at = Customer.temporary_limit_until
    query = visible(Customer, reader.actor).where(live(), at > reader.now, at <= until)
    columns = (Customer.id.label("customer_id"), Customer.billing_zone, at.label("at"), Customer.temporary_limit)
    return query.with_only_columns(*columns).order_by(at)


def _tell_limit(row: AnyRow) -> DatedForecast:
    return _told(row, row.at, Foreseen.LIMIT_END, LIMIT_ENDS, row.temporary_limit)


def _periods(reader: Reader, until: datetime) -> Asked:
    at = Customer.closes_at
    query = visible(Customer, reader.actor).where(at <= until, Customer.bill_status.in_(BILLED))
    columns = (
        Customer.id.label("customer_id"), Customer.billing_zone, at.label("at"), Customer.period_from,
        Customer.period_to,
    )  # fmt: skip
    return query.with_only_columns(*columns).order_by(at)


def _tell_period(row: AnyRow) -> DatedForecast:
    return _told(row, row.at, Foreseen.PERIOD, period_closes(row.period_from, row.period_to))


def _promises(reader: Reader, until: datetime) -> Asked:
    query = (
        visible(Promise, reader.actor)
        .join(Customer, Customer.id == Promise.customer_id)
        .where(live(), Promise.state == PromiseState.OPEN, Promise.due_at > reader.now, Promise.due_at <= until)
    )
    columns = (
        Promise.customer_id, Customer.billing_zone, Promise.due_at.label("at"), Promise.amount, Promise.received,
    )  # fmt: skip
    return query.with_only_columns(*columns).order_by(Promise.due_at)


def _tell_promise(row: AnyRow) -> DatedForecast:
    return _told(row, row.at, Foreseen.PROMISE, *promise_ends(row.amount, row.received))


def _requests(reader: Reader, until: datetime) -> Asked:
    query = (
        visible(InvoiceRequest, reader.actor)
        .join(Customer, Customer.id == InvoiceRequest.customer_id)
        .where(InvoiceRequest.state == RequestState.REQUESTED, InvoiceRequest.requested_at <= until - WITHIN)
        .where(Customer.bill_status.in_(BILLED))
    )
    columns = InvoiceRequest.customer_id, Customer.billing_zone, InvoiceRequest.requested_at.label("at")
    return query.with_only_columns(*columns).order_by(InvoiceRequest.requested_at)


def _tell_request(row: AnyRow) -> DatedForecast:
    return _told(row, row.at + WITHIN, Foreseen.INVOICE, midterm_comes(row.at, row.billing_zone))


_BESIDE: dict[Foreseen, tuple[Callable[[Reader, datetime], Asked], Callable[[AnyRow], DatedForecast]]] = {
    Foreseen.LIMIT_END: (_limits, _tell_limit),
    Foreseen.PERIOD: (_periods, _tell_period),
    Foreseen.PROMISE: (_promises, _tell_promise),
    Foreseen.INVOICE: (_requests, _tell_request),
}
