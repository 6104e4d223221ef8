"""Counting customers: how many a filter finds, by shown status, and how many the default hides."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any, ClassVar, TypeVarTuple

from sqlalchemy import ColumnElement, Select, false, func, literal, select, true, union_all

from data_access.base.clock import NOW, Instant
from data_access.base.permissions import Actor, Permission
from data_access.domain.shown_status import Shown, conditions, is_timed, live, of_customers, shown_status
from data_access.models.counts import CustomerCount
from data_access.models.customers import ALIKE, Customer
from data_access.queries.lists.customers import Selection, asked, now_for, permitted_sort
from data_access.queries.lists.kept_counts import asked_of_counts, asked_of_few, said_of_kept
from data_access.queries.pagination.by_key import ORDERS, Sort
from data_access.queries.pagination.pages import Order
from data_access.search.filters import LISTED, CustomerFilter
from data_access.store.access import Query, Reader
from data_access.store.confined import MadeOnce, made_once
from data_access.store.scope import visible

More = TypeVarTuple("More")
CAP = 10_000
MORE = CAP + 1  # says that there are more than that, and not how many
_EACH = of_customers(NOW)
_ALIKE: list[Any] = [getattr(_EACH, name) for name in ALIKE]
_SIZES = (func.count().label("customers"), func.count().filter(_EACH.used_up).label("used_up"))
_SHOWN = (
    shown_status(NOW, replace(_EACH, used_up=true())).label("shown_if_used_up"),
    shown_status(NOW, replace(_EACH, used_up=false())).label("shown_otherwise"),
)


def _selected(actor: Actor, where: list[ColumnElement[bool]]) -> Select[Any]:
    return visible(Customer, actor).where(*where)


def _counted(
    reader: Reader, make: MadeOnce[Selection, Instant, *More, Select[int]], selection: Selection, *more: *More
) -> int:
    return int(reader.session.scalar(asked(reader, make, selection, *more), {"now": reader.now}) or 0)


@made_once
def _found(actor: Actor, selection: Selection, now: Instant) -> Select[int]:
    return select(_size(actor, selection.where(now)))


@made_once
def _each(actor: Actor, selections: tuple[Selection, ...], now: Instant) -> Select[*tuple[Any, ...]]:
    return select(*(_size(actor, each.where(now)) for each in selections))


@made_once
def _before(actor: Actor, selection: Selection, now: Instant, order: Order, is_blank: bool) -> Select[int]:
    return select(_size(actor, [*selection.where(now), order.beyond(is_blank=is_blank, backwards=True)]))


def _size(actor: Actor, where: list[ColumnElement[bool]]) -> ColumnElement[int]:
    """How many meet these conditions, as part of a statement; by counts that are kept, where those can tell."""
    kept = asked_of_counts(where)
    if kept is None:
        some = _selected(actor, where).with_only_columns(Customer.id).limit(MORE).subquery()
        return select(func.count()).select_from(some).scalar_subquery()
    parts = visible(CustomerCount, actor).where(*kept)
    timed = _selected(actor, [*asked_of_few(where), is_timed()])
    sizes = (func.coalesce(func.sum(CustomerCount.customers), 0), func.count())
    by_counts, by_clock = parts.with_only_columns(sizes[0]), timed.with_only_columns(sizes[1])
    return by_counts.scalar_subquery() + by_clock.scalar_subquery()


def live_customers_by(reader: Reader, name: str) -> dict[Any, int]:
    """How many customers share each value of a column that counts have, the permanently terminated left out."""
    return {key: customers for key, customers in reader.session.execute(_live_by(reader.actor, name)) if customers}


@made_once
def _live_by(actor: Actor, name: str) -> Select[*tuple[Any, ...]]:
    kept = visible(CustomerCount, actor).where(*(asked_of_counts([live()]) or ()))
    timed = visible(Customer, actor).where(*asked_of_few([live()]), is_timed())
    parts = union_all(
        kept.with_only_columns(getattr(CustomerCount, name).label("key"), CustomerCount.customers.label("customers")),
        timed.with_only_columns(getattr(Customer, name), literal(1)),
    ).subquery()
    return select(parts.c.key, func.sum(parts.c.customers)).group_by(parts.c.key)


@dataclass(frozen=True)
class CountCustomers(Query[int]):
    """How many customers a filter finds; `MORE` where they would have to be counted one by one beyond `CAP`."""

    needs: ClassVar = Permission.CUSTOMER_READ
    filter: Selection = LISTED

    def run(self, reader: Reader) -> int:
        self.filter.require(reader.actor)
        return _counted(reader, _found, self.filter)


@dataclass(frozen=True)
class CountEach(Query[tuple[int, ...]]):
    """How many customers each of several filters finds, asked at once; `MORE` as with `CountCustomers`."""

    needs: ClassVar = Permission.CUSTOMER_READ
    filters: tuple[Selection, ...]

    def run(self, reader: Reader) -> tuple[int, ...]:
        for each in self.filters:
            each.require(reader.actor)
        sizes = _each(reader.actor, self.filters, now_for(reader, *self.filters))
        return tuple(reader.session.execute(sizes, {"now": reader.now}).one())


@dataclass(frozen=True)
class CountBefore(Query[int]):
    """How many customers stand before a place in the list, at most `MORE`."""

    needs: ClassVar = Permission.CUSTOMER_READ
    filter: Selection
    sort: Sort | None
    cursor: str

    def run(self, reader: Reader) -> int:
        sort = permitted_sort(self.filter, self.sort, reader.actor)
        order = ORDERS[sort]
        place = order.read(self.cursor)
        before = asked(reader, _before, self.filter, order, place.is_blank)
        return int(reader.session.scalar(before, order.known(place) | {"now": reader.now}) or 0)


@dataclass(frozen=True)
class ShownCounts(Query[dict[Shown, int]]):
    """How many customers show each status, in order of priority: those that the rest of the filter finds.

    The permanently terminated are counted too, so that a list that hides them can say how many.
    """

    needs: ClassVar = Permission.CUSTOMER_READ
    filter: CustomerFilter = LISTED

    def run(self, reader: Reader) -> dict[Shown, int]:
        self.filter.require(reader.actor)
        of_any = self.filter.without_status()
        kept, others = asked(reader, _kept, of_any), asked(reader, _alike, of_any)
        counts: Counter[str] = Counter()
        if kept is not None:
            for part in reader.session.execute(kept, {"now": reader.now}):
                counts[part.shown] += part.customers
        for group in reader.session.execute(others, {"now": reader.now}):
            counts[group.shown_if_used_up] += group.used_up
            counts[group.shown_otherwise] += group.customers - group.used_up
        return {status: counts[status.value] for status in Shown}


@made_once
def _kept(actor: Actor, selection: CustomerFilter, now: Instant) -> Select[*tuple[Any, ...]] | None:
    """How many customers show each status, by the counts that are kept of them; None where they cannot tell."""
    kept = asked_of_counts(selection.where_any_status(now))
    if kept is None:
        return None
    shown = said_of_kept(CustomerCount, shown_status(NOW))
    parts = visible(CustomerCount, actor).where(*kept).group_by(shown)
    return parts.with_only_columns(shown, func.sum(CustomerCount.customers).label("customers"))


@made_once
def _alike(actor: Actor, selection: CustomerFilter, now: Instant) -> Select[*tuple[Any, ...]]:
    """Customers who are alike in what their status follows from, and how many of them have used up what they had.

    An index has them side by side, with all that a filter asks for: nothing is sorted, and no customer is read. Where
    counts are kept, they are those whose status may follow from the clock.
    """
    where = selection.where_any_status(now)
    if asked_of_counts(where) is not None:
        where = [*asked_of_few(where), is_timed()]
    return visible(Customer, actor).where(*where).with_only_columns(*_SHOWN, *_SIZES).group_by(*_ALIKE)


@dataclass(frozen=True)
class BlockedCount(Query[int]):
    """How many of the customers that the rest of the filter finds are blocked, whatever status they show."""

    needs: ClassVar = Permission.CUSTOMER_READ
    filter: CustomerFilter = LISTED

    def run(self, reader: Reader) -> int:
        self.filter.require(reader.actor)
        return _counted(reader, _blocked, self.filter.without_status())


@made_once
def _blocked(actor: Actor, selection: Selection, now: Instant) -> Select[int]:
    where = [*selection.where(now), Customer.blocked.is_(True)]
    return select(_size(actor, where))


@dataclass(frozen=True)
class HiddenMatches(Query[int]):
    """How many permanently terminated customers the filter would find if it did not hide them."""

    needs: ClassVar = Permission.CUSTOMER_READ
    filter: CustomerFilter

    def run(self, reader: Reader) -> int:
        self.filter.require(reader.actor)
        return _counted(reader, _hidden, self.filter.without_status())


@made_once
def _hidden(actor: Actor, selection: CustomerFilter, now: Instant) -> Select[int]:
    closed = conditions(now)[Shown.PERMANENTLY_TERMINATED]
    return select(_size(actor, [*selection.where_any_status(now), closed]))
