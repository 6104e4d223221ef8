"""One command, one transaction, one audit entry. The only module that commits a command."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Engine, Select, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import ORMExecuteState, Session

from data_access.base.engine import Door
from data_access.base.errors import NotFound
from data_access.base.integrity_errors import refusal_of
from data_access.base.permissions import Actor
from data_access.models.base import Base, Record
from data_access.models.customers import Customer
from data_access.store.audit_trail import (
    CommandHeader,
    FieldChange,
    LogEntry,
    changes_of,
    first_result,
    write_entries,
)
from data_access.store.confined import ConfinedSession
from data_access.store.scope import visible

R = TypeVar("R", bound=Record)
M = TypeVar("M", bound=Base)
D = TypeVar("D", covariant=True)


@dataclass(frozen=True, slots=True)
class Load(Generic[D]):
    """What is read of many customers at a time, by their ids. `follows`: the tables that it is made of.

    `takes`: keeps what was read right with a row that was written since, or says that it has to be read again.
    """

    read: Callable[[Any, Sequence[int]], Mapping[int, D]]
    follows: frozenset[type[Base]]
    takes: Callable[[Any, Any], bool] = lambda _read, _row: False


def of_customers(
    *follows: type[Base], takes: Callable[[Any, Any], bool] = lambda _read, _row: False
) -> Callable[[Callable[[Any, Sequence[int]], Mapping[int, D]]], Load[D]]:
    """Makes a load of a function that says something about each of the customers whose ids it is given."""
    return lambda read: Load(read, frozenset(follows), takes)


@dataclass(slots=True)
class UnitOfWork:
    """What a command may touch: rows that its actor may see, locked before they are judged.

    Several commands can share one, each with its own entry; `together` holds the customers that they are about.
    """

    session: Session
    actor: Actor
    order: CommandHeader
    door: Door
    at: datetime | None = None
    customer_id: int | None = None
    changes: list[FieldChange] = field(default_factory=list)
    lines: int | None = None  # how many transactions the command has written; None: not known yet
    together: Mapping[int, Customer] = field(default_factory=dict)
    entries: list[LogEntry] = field(default_factory=list)
    known: dict[Load[Any], dict[int, Any]] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The instant of the change, read once and after the lock: later bookings have later times (ruling 63)."""
        if self.at is None:
            self.at = self.order.clock()
        return self.at

    def select(self, model: type[M]) -> Select[M]:
        return visible(model, self.actor)

    def lock(self, model: type[R], key: int, *, called: str) -> R:
        """The row, locked against other writers until the end; NotFound if the actor cannot see it."""
        if model is Customer and key in self.together:
            self.customer_id = key
            return self.together[key]  # type: ignore[return-value]  # R is Customer here
        query = visible(model, self.actor).where(model.id == key).with_for_update()
        row = self.session.scalar(query.execution_options(populate_existing=True))
        if row is None:
            raise NotFound(called)
        if isinstance(row, Customer):
            self._refuse_early_time()
            self.customer_id = row.id
        return row

    def lock_customers(self, keys: Collection[int]) -> dict[int, Customer]:
        """The customers of these ids that the actor can see, locked in the order of their ids."""
        self._refuse_early_time()
        query = visible(Customer, self.actor).where(Customer.id.in_(keys)).order_by(Customer.id).with_for_update()
        rows = self.session.scalars(query.execution_options(populate_existing=True))
        found = {row.id: row for row in rows}
        self.customer_id = next(iter(found)) if len(found) == 1 else None
        return found

    def lock_together(self, keys: Collection[int]) -> None:
        """Locks the customers of the commands that follow, each of which is about one of them."""
        self.together = self.lock_customers(keys)

    def of(self, load: Load[D], customer_id: int) -> D:
        """What a load says of a customer; of all that are locked together at once, and again once a row has changed."""
        if customer_id not in self.together:
            return load.read(self, [customer_id])[customer_id]
        kept = self.known.setdefault(load, {})
        if customer_id not in kept:
            others = (key for key in self.together if key not in kept and key != customer_id)
            kept.update(load.read(self, [customer_id, *others]))
        found: D = kept[customer_id]
        return found

    def forget(self, rows: Iterable[object]) -> None:
        """What is known of customers does not hold any more where it is made of these rows."""
        for row in rows:
            for load, kept in self.known.items():
                key = getattr(row, "customer_id", 0)
                if type(row) in load.follows and key in kept and not load.takes(kept[key], row):
                    del kept[key]

    def _refuse_early_time(self) -> None:
        if self.customer_id is None and self.at is not None:
            raise RuntimeError("the time was read before the customer was locked")

    def add(self, row: M) -> M:
        """Adds a row, writes it and so gives it its id."""
        self.session.add(row)
        self.session.flush()
        if isinstance(row, Customer):
            self.customer_id = row.id
        return row

    def replayed(self) -> dict[str, Any] | None:
        """The result of the same command executed before, or None."""
        return first_result(self.session.connection(), self.actor, self.order)

    def complete(self, result: dict[str, Any]) -> None:
        """Writes the command's entry in the audit and commits all of it at once."""
        self.end(result)
        self.keep()

    def take_up(self, order: CommandHeader) -> None:
        """The next of several commands that share the transaction."""
        self.order, self.at, self.customer_id, self.changes, self.lines = order, None, None, [], 0

    def end(self, result: dict[str, Any]) -> None:
        """The command is done: its entry is written when all are."""
        self.session.flush()
        tables = frozenset(self.door.tables)
        self.door.tables.clear()
        self.entries.append(LogEntry(self.order, self.customer_id, self.changes, result, self.at, tables))

    def keep(self) -> None:
        """Writes the entries of all commands that are done, and commits."""
        self.door.is_open = True
        write_entries(self.session.connection(), self.actor, self.entries)
        self.session.commit()


@contextmanager
def unit_of_work(engine: Engine, actor: Actor, order: CommandHeader) -> Iterator[UnitOfWork]:
    """A session in which nothing but a flush can write. Leaves by rollback unless it was completed."""
    door = Door()
    with engine.connect().execution_options(door=door) as connection, ConfinedSession(connection, actor) as session:
        work = UnitOfWork(session, actor, order, door)
        guard(work)
        try:
            yield work
        except IntegrityError as clash:
            refusal = refusal_of(clash)
            if refusal is None:
                raise
            raise refusal from clash


def guard(work: UnitOfWork) -> None:
    """Nothing but a flush can write, and what it writes is noted."""

    def opens(session: Session, *_: object) -> None:
        if session.deleted:
            raise RuntimeError("records are ended, never deleted")
        work.door.is_open = True

    def notes(session: Session, *_: object) -> None:
        written = (*session.new, *session.dirty)
        for row in written:
            work.changes.extend(changes_of(row))
        if work.together:
            work.forget(written)

    def shuts(*_: object) -> None:
        work.door.is_open = False

    event.listen(work.session, "before_flush", opens)
    event.listen(work.session, "after_flush", notes)
    event.listen(work.session, "after_flush_postexec", shuts)
    event.listen(work.session, "do_orm_execute", _refuse_bulk)


def _refuse_bulk(state: ORMExecuteState) -> None:
    if not state.is_select:
        raise RuntimeError("a bulk statement would pass by the audit and the locks")
