"""Planned changes: what will happen to all customers in the days ahead, by itself or by plan, the next first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar

from sqlalchemy import Select

from data_access.access import Query, Reader
from data_access.clock import day_in
from data_access.models.collection import Promise, PromiseState
from data_access.models.customers import Customer
from data_access.models.history import InvoiceRequest, PlannedMove, PlanState, RequestState
from data_access.permissions import Permission
from data_access.queries.customers import name_of
from data_access.queries.foresight import Foreseen, Foretold, steps_ahead
from data_access.queries.foretell import BILLED, LIMIT_ENDS, MIDTERM, PROMISE_DUE, WITHIN, period_closes, situations
from data_access.queries.seen import AnyRow
from data_access.scope import visible
from data_access.standing import live

CHANGES = frozenset(Foreseen) - {Foreseen.NOTICE, Foreseen.OVERDUE, Foreseen.PERIOD}
_OF_STATUS = frozenset(
    {
        Foreseen.NOTICE, Foreseen.OVERDUE, Foreseen.LIMITATION, Foreseen.SUSPENSION, Foreseen.LIFT_END,
        Foreseen.TERMINATION, Foreseen.END, Foreseen.PLAN,
    }
)  # fmt: skip
_MOST = 1000  # customers that are played forward for one answer


@dataclass(frozen=True, slots=True)
class PlannedChange:
    """Something ahead of one customer; the name is masked for whoever may not see it."""

    customer_id: int
    customer_code: str
    name: str
    currency: str
    told: Foretold


@dataclass(frozen=True, slots=True)
class Ahead:
    """The next changes, in order of time. `more`: there are others, later than these."""

    rows: tuple[PlannedChange, ...]
    more: bool


@dataclass(frozen=True)
class PlannedChanges(Query[Ahead]):
    """What happens in the days ahead to the customers that the actor may see, the next first; `kinds` chooses."""

    needs: ClassVar = Permission.CUSTOMER_READ
    days: int = 7
    kinds: frozenset[Foreseen] = CHANGES
    limit: int = 200

    def run(self, reader: Reader) -> Ahead:
        until = reader.now + timedelta(days=self.days)
        found, whole_until = _of_status(reader, until) if self.kinds & _OF_STATUS else ([], until)
        beside = [one for kind, ask in _BESIDE.items() if kind in self.kinds for one in ask(reader, until, self.limit)]
        wanted = [one for one in (*found, *beside) if one[1].kind in self.kinds and one[1].at <= whole_until]
        wanted.sort(key=lambda one: (one[1].at, one[0]))
        shown = wanted[: self.limit]
        return Ahead(_named(reader, shown), len(wanted) > len(shown) or whole_until < until)


Found = tuple[int, Foretold]


def _of_status(reader: Reader, until: datetime) -> tuple[list[Found], datetime]:
    """The steps of status and collection, and the moment up to which none is missing."""
    visits = _ids(reader, visible(Customer, reader.actor).where(Customer.collect_at <= until), Customer.collect_at)
    last_day = until.date() + timedelta(days=1)
    ends = visible(Customer, reader.actor).where(Customer.terminate_on <= last_day, live())
    plans = (
        visible(PlannedMove, reader.actor)
        .where(PlannedMove.state == PlanState.PLANNED, PlannedMove.due_on <= last_day)
        .with_only_columns(PlannedMove.customer_id)
        .order_by(PlannedMove.due_on, PlannedMove.id)
        .limit(_MOST)
    )
    ending = _ids(reader, ends, Customer.terminate_on)
    ids = {row.id for row in (*visits, *ending)} | set(reader.session.scalars(plans))
    whole_until = max(visits[-1].at, reader.now) if len(visits) == _MOST else until
    if len(ending) == _MOST:
        whole_until = min(whole_until, _earliest_begin(ending[-1].at))
    steps = [(row.id, told) for row, outlook in situations(reader, sorted(ids)) for told in steps_ahead(outlook, until)]
    return [one for one in steps if one[1].at <= until], whole_until


def _earliest_begin(day: date) -> datetime:
    """When a day begins in the zone where it begins first."""
    return datetime.combine(day, time.min, tzinfo=UTC) - timedelta(hours=14)


def _ids(reader: Reader, query: Select[Any], by: Any) -> Sequence[AnyRow]:
    ordered = query.with_only_columns(Customer.id, by.label("at")).order_by(by, Customer.id)
    return reader.session.execute(ordered.limit(_MOST)).all()


def _told(row: AnyRow, at: datetime, kind: Foreseen, says: str, amount: Any = None) -> Found:
    return row.customer_id, Foretold(at, day_in(row.billing_zone, at), kind, says, amount)


def _limits(reader: Reader, until: datetime, limit: int) -> Iterator[Found]:
    at = Customer.temporary_limit_until
    asked = visible(Customer, reader.actor).where(at > reader.now, at <= until)
    columns = (Customer.id.label("customer_id"), Customer.billing_zone, at.label("at"), Customer.temporary_limit)
    for row in reader.session.execute(asked.with_only_columns(*columns).order_by(at, Customer.id).limit(limit + 1)):
        yield _told(row, row.at, Foreseen.LIMIT_END, LIMIT_ENDS, row.temporary_limit)


def _periods(reader: Reader, until: datetime, limit: int) -> Iterator[Found]:
    at = Customer.closes_at
    asked = visible(Customer, reader.actor).where(at <= until, Customer.bill_status.in_(BILLED))
    columns = (
        Customer.id.label("customer_id"), Customer.billing_zone, at.label("at"), Customer.period_from,
        Customer.period_to,
    )  # fmt: skip
    for row in reader.session.execute(asked.with_only_columns(*columns).order_by(at, Customer.id).limit(limit + 1)):
        yield _told(row, row.at, Foreseen.PERIOD, period_closes(row.period_from, row.period_to))


def _promises(reader: Reader, until: datetime, limit: int) -> Iterator[Found]:
    asked = (
        visible(Promise, reader.actor)
        .join(Customer, Customer.id == Promise.customer_id)
        .where(Promise.state == PromiseState.OPEN, Promise.due_at > reader.now, Promise.due_at <= until)
        .with_only_columns(Promise.customer_id, Customer.billing_zone, Promise.due_at, Promise.amount, Promise.received)
        .order_by(Promise.due_at, Promise.id)
    )
    for row in reader.session.execute(asked.limit(limit + 1)):
        yield _told(row, row.due_at, Foreseen.PROMISE, PROMISE_DUE, row.amount - row.received)


def _requests(reader: Reader, until: datetime, limit: int) -> Iterator[Found]:
    asked = (
        visible(InvoiceRequest, reader.actor)
        .join(Customer, Customer.id == InvoiceRequest.customer_id)
        .where(InvoiceRequest.state == RequestState.REQUESTED, InvoiceRequest.requested_at <= until - WITHIN)
        .with_only_columns(InvoiceRequest.customer_id, Customer.billing_zone, InvoiceRequest.requested_at)
        .order_by(InvoiceRequest.requested_at, InvoiceRequest.id)
    )
    for row in reader.session.execute(asked.limit(limit + 1)):
        yield _told(row, row.requested_at + WITHIN, Foreseen.INVOICE, MIDTERM)


_BESIDE = {
    Foreseen.LIMIT_END: _limits,
    Foreseen.PERIOD: _periods,
    Foreseen.PROMISE: _promises,
    Foreseen.INVOICE: _requests,
}


def _named(reader: Reader, found: list[Found]) -> tuple[PlannedChange, ...]:
    asked = (
        visible(Customer, reader.actor)
        .where(Customer.id.in_({customer_id for customer_id, _ in found}))
        .with_only_columns(
            Customer.id, Customer.customer_code, Customer.company_name, Customer.first_name, Customer.last_name,
            Customer.currency,
        )
    )  # fmt: skip
    rows = {row.id: row for row in reader.session.execute(asked)}
    return tuple(
        PlannedChange(key, rows[key].customer_code, name_of(reader, rows[key]), rows[key].currency, told)
        for key, told in found
    )
