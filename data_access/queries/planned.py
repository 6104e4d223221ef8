"""Planned changes: what will happen to all customers in the days ahead, by itself or by plan, the next first."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import Select, false, func, or_

from data_access.access import Query, Reader
from data_access.clock import day_in, start_of
from data_access.errors import Rejected
from data_access.models.collection import Promise, PromiseState
from data_access.models.customers import Customer
from data_access.models.history import InvoiceRequest, RequestState
from data_access.permissions import Permission
from data_access.queries.customers import name_of
from data_access.queries.foresight import Foreseen, Foretold, steps_ahead
from data_access.queries.foretell import BILLED, LIMIT_ENDS, MIDTERM, PROMISE_DUE, WITHIN, period_closes, situations
from data_access.queries.nearing import nearing
from data_access.queries.seen import AnyRow
from data_access.scope import visible

CHANGES = frozenset(Foreseen) - {Foreseen.NOTICE, Foreseen.OVERDUE, Foreseen.PERIOD}
_SPARE = 100  # so that a short list is whole for some days
_BATCH = 500  # customers that are played forward at once
EXPORT_MOST = 10_000
_LONGER = 2  # hours, at most, that a day on which clocks change has more than 24


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
    """The next changes, in order of time. `whole_until`: from then on some are left out; None: none is."""

    rows: tuple[PlannedChange, ...]
    whole_until: datetime | None = None

    @property
    def more(self) -> bool:
        return self.whole_until is not None


@dataclass(frozen=True)
class PlannedChanges(Query[Ahead]):
    """What happens in the days ahead to the customers that the actor may see, the next first; `kinds` chooses.

    `reseller_id`: to the customers of that reseller alone, for whoever sees those of several.
    """

    needs: ClassVar = Permission.CUSTOMER_READ
    days: int = 7
    kinds: frozenset[Foreseen] = CHANGES
    limit: int = 200
    reseller_id: int | None = None

    def run(self, reader: Reader) -> Ahead:
        span = Span(reader.now, self.days)
        found, whole_until = _ahead(_among(reader, self.reseller_id), self.kinds, span, self.limit)
        return Ahead(_named(reader, found, Permission.PERSONAL_READ), whole_until if whole_until < span.until else None)


@dataclass(frozen=True)
class PlannedToExport(Query[tuple[PlannedChange, ...]]):
    """The same for a file: all that happens, on one day alone if one is given. Rejected when it is too much for one.

    Names are masked without the right to export personal data.
    """

    needs: ClassVar = Permission.CUSTOMER_EXPORT
    shows: ClassVar = Permission.PERSONAL_EXPORT
    days: int = 7
    kinds: frozenset[Foreseen] = CHANGES
    reseller_id: int | None = None
    day: date | None = None

    def run(self, reader: Reader) -> tuple[PlannedChange, ...]:
        span = Span(reader.now, self.days)
        found, whole_until = _ahead(_among(reader, self.reseller_id), self.kinds, span, EXPORT_MOST)
        if whole_until < span.until:
            raise Rejected(
                f"More is ahead than the {EXPORT_MOST:,} that a file holds. Nothing was exported: choose fewer days "
                "or one kind, and export each part."
            )
        wanted = [one for one in found if self.day in (None, one.told.on)]
        return _named(reader, wanted, Permission.PERSONAL_EXPORT)


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
class _Found:
    """Something ahead of a customer, who is billed in this zone."""

    customer_id: int
    zone: str
    told: Foretold


def _among(reader: Reader, reseller_id: int | None) -> Reader:
    """As a person of that reseller would look; who belongs to one already sees that one's in any case."""
    if reseller_id is None or reader.actor.reseller_id is not None:
        return reader
    return replace(reader, actor=replace(reader.actor, reseller_id=reseller_id))


def _ahead(reader: Reader, kinds: frozenset[Foreseen], span: Span, limit: int) -> tuple[list[_Found], datetime]:
    """The next ones in order, and the moment up to which none is missing. Those after it are some of many."""
    found, whole_until = _of_status(reader, kinds, span.until, limit)
    beside = [one for kind, ask in _BESIDE.items() if kind in kinds for one in ask(reader, span.until, limit)]
    wanted = [one for one in (*found, *beside) if one.told.kind in kinds]
    wanted.sort(key=lambda one: (one.told.at, one.customer_id))
    if len(wanted) > limit:
        whole_until = min(whole_until, wanted[limit].told.at)
    return [one for one in wanted[:limit] if one.told.on <= span.last_day(one.zone)], whole_until


def _of_status(
    reader: Reader, kinds: frozenset[Foreseen], until: datetime, limit: int
) -> tuple[list[_Found], datetime]:
    """The steps of status and collection, and the moment up to which none is missing."""
    near = nearing(reader, kinds, until, limit + _SPARE)
    keys, steps = sorted(near.ids), list[_Found]()
    for start in range(0, len(keys), _BATCH):
        told = situations(reader, keys[start : start + _BATCH])
        steps += [_Found(row.id, row.billing_zone, one) for row, outlook in told for one in steps_ahead(outlook, until)]
        reader.session.expunge_all()
    return steps, near.whole_until


def _told(row: AnyRow, at: datetime, kind: Foreseen, says: str, amount: Any = None) -> _Found:
    return _Found(row.customer_id, row.billing_zone, Foretold(at, day_in(row.billing_zone, at), kind, says, amount))


def _limits(reader: Reader, until: datetime, limit: int) -> Iterator[_Found]:
    at = Customer.temporary_limit_until
    asked = visible(Customer, reader.actor).where(at > reader.now, at <= until)
    columns = (Customer.id.label("customer_id"), Customer.billing_zone, at.label("at"), Customer.temporary_limit)
    for row in reader.session.execute(asked.with_only_columns(*columns).order_by(at, Customer.id).limit(limit + 1)):
        yield _told(row, row.at, Foreseen.LIMIT_END, LIMIT_ENDS, row.temporary_limit)


def _periods(reader: Reader, until: datetime, limit: int) -> Iterator[_Found]:
    at = Customer.closes_at
    asked = visible(Customer, reader.actor).where(at <= until, Customer.bill_status.in_(BILLED))
    columns = (
        Customer.id.label("customer_id"), Customer.billing_zone, at.label("at"), Customer.period_from,
        Customer.period_to,
    )  # fmt: skip
    for row in reader.session.execute(asked.with_only_columns(*columns).order_by(at, Customer.id).limit(limit + 1)):
        yield _told(row, row.at, Foreseen.PERIOD, period_closes(row.period_from, row.period_to))


def _promises(reader: Reader, until: datetime, limit: int) -> Iterator[_Found]:
    asked = (
        visible(Promise, reader.actor)
        .join(Customer, Customer.id == Promise.customer_id)
        .where(Promise.state == PromiseState.OPEN, Promise.due_at > reader.now, Promise.due_at <= until)
        .with_only_columns(Promise.customer_id, Customer.billing_zone, Promise.due_at, Promise.amount, Promise.received)
        .order_by(Promise.due_at, Promise.id)
    )
    for row in reader.session.execute(asked.limit(limit + 1)):
        yield _told(row, row.due_at, Foreseen.PROMISE, PROMISE_DUE, row.amount - row.received)


def _requests(reader: Reader, until: datetime, limit: int) -> Iterator[_Found]:
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


def _named(reader: Reader, found: list[_Found], right: Permission) -> tuple[PlannedChange, ...]:
    keys = sorted({one.customer_id for one in found})
    rows = {
        row.id: row
        for start in range(0, len(keys), _BATCH)
        for row in reader.session.execute(_names(reader, keys[start : start + _BATCH]))
    }
    return tuple(
        PlannedChange(row.id, row.customer_code, name_of(reader, row, right), row.currency, one.told)
        for one in found
        for row in (rows[one.customer_id],)
    )


def _names(reader: Reader, keys: list[int]) -> Select[*tuple[Any, ...]]:
    columns = (
        Customer.id, Customer.customer_code, Customer.company_name, Customer.first_name, Customer.last_name,
        Customer.currency,
    )  # fmt: skip
    return visible(Customer, reader.actor).where(Customer.id.in_(keys)).with_only_columns(*columns)


@dataclass(frozen=True)
class PeriodsClosing(Query[int]):
    """How many billing periods close in the days ahead, of the customers that the actor may see."""

    needs: ClassVar = Permission.CUSTOMER_READ
    days: int = 7
    reseller_id: int | None = None

    def run(self, reader: Reader) -> int:
        span = Span(reader.now, self.days)
        closing = visible(Customer, _among(reader, self.reseller_id).actor).where(
            Customer.closes_at <= span.until, Customer.bill_status.in_(BILLED)
        )
        zones = reader.session.scalars(closing.with_only_columns(Customer.billing_zone).distinct()).all()
        in_time = [(Customer.billing_zone == zone) & (Customer.closes_at < span.ends(zone)) for zone in zones]
        counted = closing.where(or_(false(), *in_time)).with_only_columns(func.count(Customer.id))
        return reader.session.scalar(counted) or 0
