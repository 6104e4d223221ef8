"""Planned changes: what will happen to all customers in the coming days, automatically or by plan, soonest first."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar, NamedTuple

from sqlalchemy import Select, func, select

from data_access.base.errors import Rejected
from data_access.base.permissions import Permission
from data_access.base.statuses import BILLED
from data_access.models.customers import Customer
from data_access.queries.forecast.forecast_steps import ForecastStep, Foreseen
from data_access.queries.lists.counts import MORE
from data_access.queries.lists.customers import name_of
from data_access.queries.planned.ahead import Span, ahead
from data_access.queries.planned.foreseen import DatedForecast
from data_access.search.customer_conditions import by_the_order
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

CHANGES = frozenset(Foreseen) - {Foreseen.NOTICE, Foreseen.OVERDUE, Foreseen.PERIOD}
EXPORT_MOST = 10_000
_LOOKED_AT = 2 * MORE


class PlannedChange(NamedTuple):
    """Something ahead of one customer; the name is masked for whoever may not see it."""

    customer_id: int
    customer_code: str
    name: str
    currency: str
    told: ForecastStep


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
    """What happens in the days ahead to the customers that the actor may see, soonest first; `kinds` chooses.

    `reseller_id`: to the customers of that reseller alone, for whoever sees those of several.
    """

    needs: ClassVar = Permission.CUSTOMER_READ
    days: int = 7
    kinds: frozenset[Foreseen] = CHANGES
    limit: int = 200
    reseller_id: int | None = None

    def run(self, reader: Reader) -> Ahead:
        span = Span(reader.now, self.days)
        found, whole_until = ahead(_among(reader, self.reseller_id), self.kinds, span, self.limit)
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
        found, whole_until = ahead(_among(reader, self.reseller_id), self.kinds, span, EXPORT_MOST)
        if whole_until < span.until:
            raise Rejected(
                f"More is ahead than the {EXPORT_MOST:,} that a file holds. Nothing was exported: choose fewer days "
                "or one kind, and export each part."
            )
        wanted = [one for one in found if self.day in (None, one.told.on)]
        return _named(reader, wanted, Permission.PERSONAL_EXPORT)


def _among(reader: Reader, reseller_id: int | None) -> Reader:
    """As a person of that reseller would look; who belongs to one already sees that one's in any case."""
    if reseller_id is None or reader.actor.reseller_id is not None:
        return reader
    return replace(reader, actor=replace(reader.actor, reseller_id=reseller_id))


def _named(reader: Reader, found: list[DatedForecast], right: Permission) -> tuple[PlannedChange, ...]:
    return tuple(
        PlannedChange(
            one.customer_id, one.who.customer_code, name_of(reader, one.who, right), one.who.currency, one.told
        )
        for one in found
    )


@dataclass(frozen=True)
class PeriodsClosing(Query[int]):
    """How many billing periods close in the days ahead, of the customers that the actor may see; at most `MORE`."""

    needs: ClassVar = Permission.CUSTOMER_READ
    days: int = 7
    reseller_id: int | None = None

    def run(self, reader: Reader) -> int:
        some = self._closing(reader, Span(reader.now, self.days).surely).with_only_columns(Customer.id).limit(MORE)
        if reader.session.scalar(select(func.count()).select_from(some.subquery())) == MORE:
            return MORE
        looked_at, count = self._counted(reader, _LOOKED_AT)
        if count < MORE and looked_at == _LOOKED_AT:  # too many of them close after their last day
            _, count = self._counted(reader, None)
        return min(count, MORE)

    def _counted(self, reader: Reader, limit: int | None) -> tuple[int, int]:
        """Of how many customers the first ones were looked at, and for how many of them it is so."""
        span = Span(reader.now, self.days)
        ends = Customer.closes_at, Customer.billing_zone
        first = (
            self._closing(reader, span.until)
            .with_only_columns(*ends)
            .order_by(Customer.closes_at)
            .limit(limit)
            .subquery()
        )
        together = select(*first.c, func.count().label("periods")).group_by(*first.c)
        rows = reader.session.execute(together).all()
        inside = sum(row.periods for row in rows if row.closes_at < span.ends(row.billing_zone))
        return sum(row.periods for row in rows), inside

    def _closing(self, reader: Reader, until: datetime) -> Select[Customer]:
        closing = visible(Customer, _among(reader, self.reseller_id).actor)
        return closing.where(Customer.closes_at <= until, by_the_order(Customer.bill_status).in_(BILLED))
