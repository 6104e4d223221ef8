"""Collections: who is overdue or suspended, each customer in one queue, in an order that can be said in a sentence."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Integer, case, func, literal, literal_column, or_

from data_access.base.clock import Instant, day_in, read_moment
from data_access.base.labelled import Labelled
from data_access.base.permissions import Actor, Permission
from data_access.base.statuses import BillStatus
from data_access.base.text.numerals import whole_number
from data_access.domain.shown_status import Shown, conditions, live
from data_access.models.customers import Customer
from data_access.queries.lists.customers import AnyRow, CustomerRow, customer_rows, listed
from data_access.queries.pagination.pages import Cursor, Direction, Key, Order, Page, page_of, read_cursor
from data_access.search.filter_params import Filter, currency_code, facet, one_of
from data_access.store.access import Query, Reader

PAGE_SIZE = 25
RULE = "Lifts that end soonest first, then the suspended, then the overdue; in both the longest overdue first."


class Queue(Labelled):
    """Where a customer of collections waits, in the order in which the queues are worked."""

    LIFTED = "lifted", "Lifted"
    SUSPENDED = "suspended", "Suspended"
    OVERDUE = "overdue", "Overdue"


def queues(now: Instant) -> dict[Queue, ColumnElement[bool]]:
    """What each queue asks for; no customer is in two."""
    holds = conditions(now)
    return {
        Queue.LIFTED: holds[Shown.SUSPENSION_LIFTED],
        Queue.SUSPENDED: holds[Shown.SUSPENDED],
        Queue.OVERDUE: Customer.is_overdue(now) & (Customer.bill_status != BillStatus.SUSPENDED),
    }


@dataclass(frozen=True, slots=True)
class CollectionFilter(Filter):
    """Which queue, in which currency; all of them if nothing is said. The permanently terminated are left out."""

    queue: Queue | None = facet(
        None, "Queue", read=one_of(Queue), says="{}", word=lambda v: v.label, where=lambda v, now: queues(now)[v]
    )
    currency: str = facet("", "Currency", read=currency_code, says="in {}", where=lambda v, _: Customer.currency == v)

    @property
    def is_by_clock(self) -> bool:
        return False

    def where(self, now: Instant) -> list[ColumnElement[bool]]:
        asked = [facet.where(value, now) for facet, value in self.chosen() if facet.where is not None]
        each = (holds & live() for holds in queues(now).values())  # said in each, or its own index is not entered
        return [live(), or_(*each), *asked]

    def describe(self, *, quoted: bool = True) -> str:  # noqa: ARG002 - nobody's name is in it
        said = [facet.says.format(facet.word(value)) for facet, value in self.chosen()]
        return ", ".join([*said, "not permanently terminated"])

    def require(self, actor: Actor) -> None:
        """Nothing in it looks into what anybody sees masked."""


EVERY_QUEUE = CollectionFilter()


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
        rank, since = _rank(reader.now), _since(reader.now)
        order = Order(tuple(Key(column, read) for column, read in zip((rank, since, Customer.id), _READ, strict=True)))
        query = listed(reader, self.filter).add_columns(rank.label("rank"))
        page = page_of(reader, query, order, self.direction, self.cursor, PAGE_SIZE)
        return page.of(_cases(reader, page.rows))


def _rank(now: Instant) -> ColumnElement[int]:
    return case(*((holds, literal_column(str(rank), Integer)) for rank, holds in enumerate(queues(now).values())))


def queue_of(now: Instant) -> ColumnElement[str]:
    return case(*((holds, literal(queue.value)) for queue, holds in queues(now).items()))


def _since(now: Instant) -> ColumnElement[datetime]:
    """What a queue is ordered by: the end of the lift, otherwise since when something is overdue."""
    waiting = func.coalesce(Customer.first_overdue_from, Customer.suspended_at)
    return case((queues(now)[Queue.LIFTED], Customer.suspension_lifted_until), else_=waiting)


def _read_rank(text: str) -> int:
    return whole_number(text, 0, len(Queue) - 1)


_READ: tuple[Callable[[str], Any], ...] = (_read_rank, read_moment, whole_number)


def read_place(text: str) -> Cursor:
    """A place out of an address; ValueError for what is none."""
    return read_cursor(text, *_READ)


def _cases(reader: Reader, found: Sequence[AnyRow]) -> tuple[QueuedCustomer, ...]:
    customers = customer_rows(reader, found)
    return tuple(_case(row, customer) for row, customer in zip(found, customers, strict=True))


def _case(row: AnyRow, customer: CustomerRow) -> QueuedCustomer:
    queue = tuple(Queue)[row.rank]
    lifted_until = day_in(row.billing_zone, row.suspension_lifted_until) if queue is Queue.LIFTED else None
    return QueuedCustomer(customer, queue, lifted_until)
