"""Bulk actions as shown to people: the state of each run, and the result for each customer in it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import Select, func, select

from data_access.base.errors import NotFound
from data_access.base.permissions import Permission
from data_access.base.statuses import BulkState, RowState
from data_access.base.text.numerals import whole_number
from data_access.domain.bulk import MOST, TURN, picked_in_words
from data_access.models.bulk import BulkRow, BulkRun
from data_access.models.customers import Customer
from data_access.queries.customer_context import AnyRow
from data_access.queries.lists.customers import Selection, name_of
from data_access.queries.pagination.pages import Direction, Key, Order, Page, page_of
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

PAGE = 25
RUNS_IN_ORDER = Order((Key(BulkRun.id, whole_number),), is_descending=True)
ROWS_IN_ORDER = Order((Key(BulkRow.id, whole_number),))
_RUN = (
    BulkRun.id, BulkRun.title, BulkRun.action, BulkRun.reason, BulkRun.selection, BulkRun.page, BulkRun.address,
    BulkRun.login, BulkRun.made_at, BulkRun.state, BulkRun.why, BulkRun.started_at, BulkRun.ended_at,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class BulkRunRow:
    """A run, and how many of its customers that the reader sees are in each state. `page` blank: they were picked."""

    id: int
    title: str
    action: str
    reason: str
    selection: str
    page: str
    address: Mapping[str, Any]
    customers: int
    login: str
    made_at: datetime
    state: BulkState
    why: str
    started_at: datetime | None
    ended_at: datetime | None
    counts: Mapping[RowState, int]

    @property
    def is_under_way(self) -> bool:
        return self.state in TURN

    @property
    def waiting(self) -> int:
        """How many have not had their turn in the present stage."""
        return self.counts[TURN[self.state]] if self.is_under_way else 0

    @property
    def of_stage(self) -> int:
        """How many have a turn in the present stage: of a run those that the trial left, of an undoing those done."""
        left_out = self.counts[RowState.LEFT_OUT]
        if self.state is BulkState.TRYING:
            return self.customers
        if self.state is BulkState.UNDOING:
            return sum(self.counts[state] for state in (RowState.DONE, RowState.UNDONE, RowState.KEPT))
        return self.customers - left_out


def _runs(reader: Reader, found: Sequence[Any]) -> tuple[BulkRunRow, ...]:
    rows = visible(BulkRow, reader.actor).where(BulkRow.run_id.in_([run.id for run in found]))
    grouped = rows.group_by(BulkRow.run_id, BulkRow.state)
    counts: dict[int, Counter[RowState]] = {run.id: Counter() for run in found}
    for row in reader.session.execute(
        grouped.with_only_columns(BulkRow.run_id, BulkRow.state, func.count().label("customers"))
    ):
        counts[row.run_id][row.state] = row.customers
    return tuple(_shown(run, counts[run.id]) for run in found)


def _shown(run: Any, counts: Counter[RowState]) -> BulkRunRow:
    """A run of somebody who saw more customers then is counted by those that the reader sees."""
    told = {column.key: getattr(run, column.key) for column in _RUN}
    if not run.page:
        told["selection"] = picked_in_words(counts.total())
    return BulkRunRow(**told, customers=counts.total(), counts=counts)


@dataclass(frozen=True)
class CountMeant(Query[int]):
    """How many customers a bulk action over a filter would be about; one more than `most` says only that."""

    needs: ClassVar = Permission.CUSTOMER_BULK

    selection: Selection
    most: int = MOST

    def run(self, reader: Reader) -> int:
        self.selection.require(reader.actor)
        found = visible(Customer, reader.actor).where(*self.selection.where(reader.now))
        some = found.with_only_columns(Customer.id).limit(self.most + 1).subquery()
        return reader.session.scalar(select(func.count()).select_from(some)) or 0


@dataclass(frozen=True)
class FindBulkRuns(Query[Page[BulkRunRow]]):
    """A page of bulk actions, newest first."""

    needs: ClassVar = Permission.CUSTOMER_BULK

    direction: Direction = Direction.FIRST
    cursor: str = ""

    def run(self, reader: Reader) -> Page[BulkRunRow]:
        query = visible(BulkRun, reader.actor).with_only_columns(*_RUN)
        page = page_of(reader, query, RUNS_IN_ORDER, self.direction, self.cursor, PAGE)
        return page.of(_runs(reader, page.rows))


@dataclass(frozen=True)
class BulkRunShown(Query[BulkRunRow]):
    """One bulk action; NotFound for one that this actor cannot see."""

    needs: ClassVar = Permission.CUSTOMER_BULK

    run_id: int

    def run(self, reader: Reader) -> BulkRunRow:
        query = visible(BulkRun, reader.actor).where(BulkRun.id == self.run_id).with_only_columns(*_RUN)
        found = reader.session.execute(query).all()
        if not found:
            raise NotFound("The bulk action")
        return _runs(reader, found)[0]


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What became of a customer, in words."""

    id: int
    customer_id: int
    customer_code: str
    name: str
    state: RowState
    outcome: str
    at: datetime | None


@dataclass(frozen=True)
class BulkResults(Query[Page[BulkResult]]):
    """A page of the customers of a bulk action, in their order; of one state, or all."""

    needs: ClassVar = Permission.CUSTOMER_BULK

    run_id: int
    state: RowState | None = None
    direction: Direction = Direction.FIRST
    cursor: str = ""
    size: int = PAGE

    def run(self, reader: Reader) -> Page[BulkResult]:
        page = page_of(reader, self._rows(reader), ROWS_IN_ORDER, self.direction, self.cursor, self.size)
        return page.of(tuple(_result(reader, row) for row in page.rows))

    def _rows(self, reader: Reader) -> Select[*tuple[Any, ...]]:
        of_state = [] if self.state is None else [BulkRow.state == self.state]
        return (
            visible(BulkRow, reader.actor)
            .join(Customer, Customer.id == BulkRow.customer_id)
            .where(BulkRow.run_id == self.run_id, *of_state)
            .with_only_columns(
                BulkRow.id, BulkRow.customer_id, BulkRow.state, BulkRow.outcome, BulkRow.at, Customer.customer_code,
                Customer.company_name, Customer.first_name, Customer.last_name,
            )
        )  # fmt: skip


def _result(reader: Reader, row: AnyRow) -> BulkResult:
    return BulkResult(row.id, row.customer_id, row.customer_code, name_of(reader, row), row.state, row.outcome, row.at)
