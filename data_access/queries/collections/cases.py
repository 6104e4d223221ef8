"""Cases: the customers of collections a page at a time, in an order that can be said in a sentence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, bindparam, literal_column, select, tuple_, union_all

from data_access.base.clock import NOW, UtcDateTime, day_in, read_moment
from data_access.base.permissions import Actor, Permission
from data_access.base.statuses import UNSUSPENDED
from data_access.base.text.numerals import whole_number
from data_access.domain.shown_status import live
from data_access.models.customers import Customer
from data_access.queries.collections.collections import EVERY_QUEUE, CollectionFilter, Queue, queues
from data_access.queries.lists.customers import AnyRow, CustomerRow, customer_rows, listed_by_id
from data_access.queries.pagination.pages import Cursor, Direction, Key, Order, Page, Stretch, read_cursor, read_page
from data_access.store.access import Query, Reader
from data_access.store.confined import made_once
from data_access.store.scope import visible

PAGE_SIZE = 25
RULE = "Lifts that end soonest first, then the suspended, then the overdue; in both the longest overdue first."


@dataclass(frozen=True, slots=True)
class QueuedCustomer:
    """A customer in its queue; `lifted_until` is the day on which the suspension comes back."""

    customer: CustomerRow
    queue: Queue
    lifted_until: date | None


@dataclass(frozen=True)
class FindCases(Query[Page[QueuedCustomer]]):
    """One page of collections in the order of the rule; the id decides between equals."""

    needs: ClassVar = Permission.CUSTOMER_READ
    filter: CollectionFilter = EVERY_QUEUE
    direction: Direction = Direction.FIRST
    cursor: str = ""

    def run(self, reader: Reader) -> Page[QueuedCustomer]:
        stretch = Stretch.of(_ORDER, self.direction, self.cursor, PAGE_SIZE)
        asked = _placed(reader.actor, self.filter, self.direction, stretch.place is not None)
        page = read_page(reader, asked, stretch, _bounds(stretch))
        return page.of(_cases(reader, page.rows))


class _Part(NamedTuple):
    """Some of a queue, those who stand in it in the order of one column."""

    queue: Queue
    holds: ColumnElement[bool]
    since: Any

    @property
    def rank(self) -> int:
        return tuple(Queue).index(self.queue)


def _parts() -> list[_Part]:
    """The queues, so parted that each part is read off an index: by status, the suspended by whether they are late."""
    holds, late = queues(NOW), Customer.first_overdue_from
    suspended, lifted = holds[Queue.SUSPENDED], Customer.suspension_lifted_until
    return [
        _Part(Queue.LIFTED, lifted > NOW, lifted),  # of the suspended alone: said as well, PostgreSQL expects nobody
        _Part(Queue.SUSPENDED, suspended & late.is_not(None), late),
        _Part(Queue.SUSPENDED, suspended & late.is_(None), Customer.suspended_at),
        *(
            _Part(Queue.OVERDUE, holds[Queue.OVERDUE] & (Customer.bill_status == status), late)
            for status in sorted(UNSUSPENDED)
        ),
    ]


@made_once
def _placed(actor: Actor, chosen: CollectionFilter, direction: Direction, is_placed: bool) -> Select[Any]:
    """The ids of a page, each part read off its own index in order, and then the first of all of them."""
    backwards, columns = direction.is_backwards, ("id", "rank", "since")
    parts = [
        select(*_of(actor, part, chosen, backwards, is_placed).subquery().c[columns])
        for part in _parts()
        if chosen.queue in (None, part.queue)
    ]
    found = union_all(*parts).subquery()
    places = (column.desc() if backwards else column.asc() for column in (found.c.rank, found.c.since, found.c.id))
    shown = select(found.c.id, found.c.rank.label("place_0"), found.c.since, found.c.id.label("place_2"))
    return shown.order_by(*places).limit(PAGE_SIZE + 1)


def _of(actor: Actor, part: _Part, chosen: CollectionFilter, backwards: bool, is_placed: bool) -> Select[Any]:
    here, sought = (part.since, Customer.id), visible(Customer, actor).where(live(), part.holds)
    if chosen.currency:
        sought = sought.where(Customer.currency == chosen.currency)
    if is_placed:
        names = f"since_{part.rank}", f"id_{part.rank}"
        there = tuple_(*(bindparam(name, type_=column.type) for name, column in zip(names, here, strict=True)))
        sought = sought.where(tuple_(*here) < there if backwards else tuple_(*here) > there)
    rank = literal_column(str(part.rank), Integer).label("rank")
    in_order = (column.desc() if backwards else column.asc() for column in here)
    return (
        sought.with_only_columns(Customer.id, rank, part.since.label("since")).order_by(*in_order).limit(PAGE_SIZE + 1)
    )


def _bounds(stretch: Stretch) -> dict[str, Any]:
    """Where each queue begins, as seen from the place that the page begins at: at the place, its start or its end."""
    if stretch.place is None:
        return {}
    rank, since, key = stretch.place.values
    bounds = dict[str, Any]()
    for queue in range(len(Queue)):
        outer = (_FIRST, 0) if queue > rank else (_LAST, 0)
        bounds[f"since_{queue}"], bounds[f"id_{queue}"] = (since, key) if queue == rank else outer
    return bounds


_FIRST, _LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


def _read_rank(text: str) -> int:
    return whole_number(text, 0, len(Queue) - 1)


_READ: tuple[Callable[[str], Any], ...] = (_read_rank, read_moment, whole_number)
_PLACE = literal_column("rank", Integer), literal_column("since", UtcDateTime()), literal_column("id", Integer)
_ORDER = Order(tuple(map(Key, _PLACE, _READ)))


def read_place(text: str) -> Cursor:
    """A place out of an address; ValueError for what is none."""
    return read_cursor(text, *_READ)


def _cases(reader: Reader, placed: Sequence[AnyRow]) -> tuple[QueuedCustomer, ...]:
    if not placed:
        return ()
    asked = {"ids": [row.id for row in placed], "now": reader.now}
    rows = {row.id: row for row in reader.session.execute(listed_by_id(reader.actor), asked)}
    found = [row for row in placed if row.id in rows]
    customers = customer_rows(reader, [rows[row.id] for row in found])
    return tuple(_case(row, rows[row.id], customer) for row, customer in zip(found, customers, strict=True))


def _case(placed: AnyRow, row: AnyRow, customer: CustomerRow) -> QueuedCustomer:
    queue = tuple(Queue)[placed.place_0]
    lifted_until = day_in(row.billing_zone, row.suspension_lifted_until) if queue is Queue.LIFTED else None
    return QueuedCustomer(customer, queue, lifted_until)
