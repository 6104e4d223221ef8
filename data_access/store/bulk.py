"""The only write path for bulk loads: many rows, one command, one audit entry, one transaction; and of forecasts."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from itertools import chain
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    ColumnDefault,
    ColumnElement,
    Connection,
    Dialect,
    Engine,
    FromClause,
    Insert,
    NestedTransaction,
    Select,
    delete,
    func,
    insert,
    inspect,
    literal_column,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.exc import StatementError

from data_access.base.engine import Door, read_turn, write_turn
from data_access.base.permissions import Actor
from data_access.domain.billing.ledger import Books
from data_access.migrations import foreseeing
from data_access.models.base import Base, Record
from data_access.models.counts import ADDED_UP, CustomerCount, ExposureSum, KeptPart, OverdueSum
from data_access.models.customers import Customer
from data_access.models.kept.foreseen import ForeseenStep, OutdatedForecast
from data_access.models.money import Allocation, Invoice, InvoiceLine, Transaction
from data_access.store.audit_trail import (
    CommandHeader,
    FieldChange,
    LogEntry,
    changed,
    created,
    first_result,
    reserve_ids,
    wait_for,
    write_entries,
)
from data_access.store.confined import ConfinedSession
from data_access.store.scope import visible
from data_access.store.unit_of_work import UnitOfWork, guard

M = TypeVar("M", bound=Base)
Values = dict[str, Any]
_STATEMENTS = 200
_MOST_ROWS, _MOST_PLACES, _VALUES = 200, 30_000, " VALUES "


@dataclass(slots=True)
class BulkLoad:
    """What a bulk load may do: read what its actor may see, insert rows, change records, and write its one entry."""

    connection: Connection
    actor: Actor
    order: CommandHeader
    at: datetime | None = None
    changes: list[FieldChange] = field(default_factory=list)
    is_trial: bool = False

    @property
    def now(self) -> datetime:
        """The instant of the load, read once, after its transaction has begun."""
        if self.at is None:
            self.at = self.order.clock()
        return self.at

    def select(self, model: type[M]) -> Select[M]:
        return visible(model, self.actor)

    def locked(self, rows: Select[M]) -> Select[M]:
        """The rows, locked until the end; a trial takes no lock, for it lasts."""
        return rows if self.is_trial else rows.with_for_update()

    def take_turn(self) -> None:
        """Waits for other loads of the same kind: two files at once would race for the same rows."""
        if not self.is_trial:
            wait_for(self.connection, self.order.name)

    def replayed(self) -> dict[str, Any] | None:
        """The result of the same command executed before, or None."""
        return first_result(self.connection, self.actor, self.order)

    def reserve(self, model: type[Base], rows: list[Values]) -> None:
        """Gives the rows their ids. They must be inserted before ids of the same table are reserved again."""
        for row, key in zip(rows, reserve_ids(self.connection, model.__tablename__, len(rows)), strict=True):
            row["id"] = key

    def insert(self, model: type[Base], rows: list[Values]) -> None:
        """Inserts rows, with ids if they have none; a record is audited whole."""
        if not rows:
            return
        if "id" in inspect(model).columns and "id" not in rows[0]:
            self.reserve(model, rows)
        defaults = _defaults(model)
        whole = [defaults | row for row in rows]
        statement = _insert(model, self.connection.dialect, tuple(whole[0]))
        try:
            parameters = statement.parameters(whole)
        except ValueError as unfit:  # told as by SQLAlchemy: an import refuses the row
            raise StatementError(str(unfit), statement.words, None, unfit) from unfit
        for words, values in statement.sendings(parameters):
            self.connection.exec_driver_sql(words, values)
        if issubclass(model, Record):
            self.changes.extend(created(model, row) for row in whole)

    def keep(self, books: Iterable[Books]) -> None:
        """Inserts the rows of customers' books; the customers themselves stand already."""
        kept = list(books)
        self.insert(Invoice, [row for book in kept for row in book.invoices])
        self.insert(Transaction, [row for book in kept for row in book.transactions])
        self.insert(Allocation, [_with_ids(row) for book in kept for row in book.allocations])
        self.insert(InvoiceLine, [_with_ids(row) for book in kept for row in book.invoice_lines])

    def summarise(self, customer_id: int, summaries: Mapping[str, Any]) -> None:
        """Writes what follows from a customer's books: their rows are the audit of it."""
        if self.is_trial:
            return
        self.connection.execute(update(Customer).where(Customer.id == customer_id).values(dict(summaries)))

    def change_customer(self, key: int, *, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Writes the fields of a customer that differ, audited one by one; the version rises."""
        columns = inspect(Customer).columns
        differs = {name: value for name, value in after.items() if before[name] != value}
        self.changes.extend(
            changed(Customer, columns[name], before[name], value, entity_id=key, customer_id=key)
            for name, value in differs.items()
            if not name.endswith("_key")
        )
        if self.is_trial:
            return
        this = update(Customer).where(Customer.id == key)
        self.connection.execute(this.values({**differs, "version": Customer.version + 1}))

    @contextmanager
    def unit_of_work(self) -> Iterator[UnitOfWork]:
        """A unit of work inside the load: what it saves is in the load's transaction and entry, or nowhere."""
        session = ConfinedSession(
            self.connection, self.actor, join_transaction_mode="rollback_only", expire_on_commit=False
        )
        with self.row_boundary(), session:
            work = UnitOfWork(session, self.actor, self.order, Door(), self.now, changes=self.changes)
            guard(work)
            yield work
            session.flush()

    def row_boundary(self) -> NestedTransaction:
        """A savepoint: what fails inside leaves nothing of itself behind."""
        return self.connection.begin_nested()

    def complete(self, result: dict[str, Any]) -> None:
        """Writes the load's entry in the audit and commits all of it at once."""
        tables = frozenset(self.connection.get_execution_options()["door"].tables)
        write_entries(self.connection, self.actor, [LogEntry(self.order, None, self.changes, result, self.at, tables)])
        self.connection.commit()


@contextmanager
def bulk_load(engine: Engine, actor: Actor, order: CommandHeader, *, is_trial: bool = False) -> Iterator[BulkLoad]:
    """A connection that may write in bulk. Leaves by rollback unless it was completed.

    A trial inserts and leaves what stands here as it is, so that nobody waits for its end.
    """
    door = Door(is_open=True)
    with write_turn(engine), engine.connect().execution_options(door=door) as connection:
        yield BulkLoad(connection, actor, order, is_trial=is_trial)


_KEPT = (CustomerCount, OverdueSum, ExposureSum)


def can_be_folded(engine: Engine) -> bool:
    """Whether any parts of counts and sums are alike."""
    with read_turn(engine), engine.connect() as connection:
        return any(connection.scalar(_alike_twice(model)) for model in _KEPT)


def _alike_twice(model: type[KeptPart]) -> Select[Any]:
    alike = [column for column in inspect(model).columns if column.key not in {"id", *ADDED_UP}]
    return select(func.count()).select_from(model).group_by(*alike).having(func.count() > 1).limit(1)


def fold_counts(engine: Engine) -> int:
    """Folds the parts of counts and sums that are alike into one; what they come to stays. How many rows became fewer.

    What others are adding at this moment stays for the next time.
    """
    with _kept_open(engine) as connection:
        return sum(_fold(connection, model) for model in _KEPT)


def _fold(connection: Connection, model: type[KeptPart]) -> int:
    columns = inspect(model).columns
    adds = [column.key for column in columns if column.key in ADDED_UP]
    alike = [column.key for column in columns if column.key not in ("id", *adds)]
    others = func.count().over(partition_by=[columns[name] for name in alike])
    counted = select(model.id, others.label("others")).subquery()
    several = delete(model).where(model.id.in_(select(counted.c.id).where(counted.c.others > 1)))

    def folded(parts: FromClause, *alike_only: ColumnElement[bool]) -> Insert:
        by, sums = [parts.c[name] for name in alike], [func.sum(parts.c[name]) for name in adds]
        is_some = or_(*(one != literal_column("0") for one in sums))
        return insert(model).from_select([*alike, *adds], select(*by, *sums).group_by(*by).having(is_some, *alike_only))

    if connection.dialect.name == "sqlite":  # has one writer, and no DELETE inside another statement
        last = connection.scalar(select(func.coalesce(func.max(model.id), 0)))
        became = connection.execute(folded(model.__table__, func.count() > 1)).rowcount
        return connection.execute(several.where(model.id <= last)).rowcount - became
    gone = several.returning(*(columns[name] for name in (*alike, *adds))).cte("gone")
    kept = folded(gone).returning(model.id).cte("kept")
    gone_parts, kept_parts = (select(func.count()).select_from(one).scalar_subquery() for one in (gone, kept))
    return int(connection.scalar(select(gone_parts - kept_parts)) or 0)


def outdate_all(engine: Engine) -> None:
    """Notes everyone in place of each change that was noted: after a load of many rows, each is played forward once."""
    with _kept_open(engine) as connection:
        connection.execute(delete(OutdatedForecast))
        foreseeing.outdate_everyone(connection)


def keep_forecasts(
    engine: Engine, customer_ids: Collection[int], steps: list[Mapping[str, Any]], seen: Collection[int]
) -> None:
    """Writes the steps of these customers in place of those that were kept, and strikes what was noted and seen.

    What was noted since stays: the steps may have been looked for before it.
    """
    with _kept_open(engine) as connection:
        connection.execute(delete(ForeseenStep).where(ForeseenStep.customer_id.in_(customer_ids)))
        if steps:
            connection.execute(insert(ForeseenStep), steps)
        connection.execute(delete(OutdatedForecast).where(OutdatedForecast.id.in_(seen)))


def outdate(engine: Engine, customer_ids: Collection[int], noted: int, *, is_over: bool) -> None:
    """Notes each of these customers in place of everyone, and the rest again unless that is over."""
    rows: list[dict[str, int | None]] = [{"customer_id": key, "walked_to": 0} for key in customer_ids]
    if not is_over:
        rows.append({"customer_id": None, "walked_to": max(customer_ids)})
    with _kept_open(engine) as connection:
        if rows:
            connection.execute(insert(OutdatedForecast), rows)
        connection.execute(delete(OutdatedForecast).where(OutdatedForecast.id == noted))


@contextmanager
def _kept_open(engine: Engine) -> Iterator[Connection]:
    """What follows from other rows is written without an entry: their audit is its own."""
    door = Door(is_open=True)
    with write_turn(engine), engine.connect().execution_options(door=door) as connection, connection.begin():
        yield connection


def know_the_rows(engine: Engine) -> None:
    """Lets SQLite look again at how many rows there are, and how many are alike: without it, it guesses.

    PostgreSQL does so by itself. Of each index some rows are looked at, so that a million customers take a second.
    """
    with _kept_open(engine) as connection:
        know_rows_on(connection)


def know_rows_on(connection: Connection) -> None:
    """The same inside a transaction, with what it has written."""
    if connection.dialect.name == "sqlite":
        connection.execute(_LOOK_AT_SOME)
        connection.execute(_LOOK)


_LOOK_AT_SOME, _LOOK = text("PRAGMA analysis_limit = 10000"), text("ANALYZE")
_REFERENCES = ("payment", "invoice", "transaction")


def _with_ids(row: Values) -> Values:
    """The row with the ids of those it refers to, which were inserted before it."""
    told = {name: value for name, value in row.items() if name not in _REFERENCES}
    return told | {f"{name}_id": row[name]["id"] for name in _REFERENCES if name in row}


@dataclass(frozen=True, slots=True)
class _Insert:
    """An INSERT as the driver takes it: read column by column, thousands of rows cost half of what SQLAlchemy asks.

    SQLite brings its index of trigrams up to date at each statement that follows, so one has many rows.
    """

    words: str
    columns: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    is_positional: bool

    def parameters(self, rows: list[Values]) -> list[Any]:
        values = [
            [bind(row[name]) for row in rows] if bind else [row[name] for row in rows] for name, bind in self.columns
        ]
        if self.is_positional:
            return list(zip(*values, strict=True))
        names = [name for name, _ in self.columns]
        return [dict(zip(names, each, strict=True)) for each in zip(*values, strict=True)]

    def sendings(self, parameters: list[Any]) -> Iterator[tuple[str, Any]]:
        """Each statement to be sent, with its parameters."""
        if not self.is_positional:
            yield self.words, parameters
            return
        begin, _, places = self.words.partition(_VALUES)
        some = min(_MOST_ROWS, _MOST_PLACES // len(self.columns))
        for first in range(0, len(parameters), some):
            part = parameters[first : first + some]
            yield f"{begin}{_VALUES}{', '.join([places] * len(part))}", tuple(chain.from_iterable(part))


@lru_cache(_STATEMENTS)
def _insert(model: type[Base], dialect: Dialect, names: tuple[str, ...]) -> _Insert:
    compiled = insert(model).compile(dialect=dialect, column_keys=list(names))
    columns = inspect(model).columns
    order = compiled.positiontup or names
    binds = tuple((name, columns[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in order)
    return _Insert(str(compiled), binds, bool(compiled.positional))


@cache
def _defaults(model: type[Base]) -> Values:
    return {column.key: _default(column) for column in inspect(model).columns if column.key != "id"}


def _default(column: Column[Any]) -> Any:
    return column.default.arg if isinstance(column.default, ColumnDefault) and column.default.is_scalar else None
