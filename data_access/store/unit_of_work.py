"""One command, one transaction, one entry in the audit. The only module that commits a command."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Engine, Select, event
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import ORMExecuteState, Session

from data_access.base.engine import Door
from data_access.base.errors import NotFound
from data_access.base.integrity_errors import refusal_of
from data_access.base.permissions import Actor
from data_access.models.base import Base, Record
from data_access.models.customers import Customer
from data_access.store.audit_trail import CommandHeader, FieldChange, changes_of, first_result, write_entry
from data_access.store.confined import ConfinedSession
from data_access.store.scope import visible

R = TypeVar("R", bound=Record)
M = TypeVar("M", bound=Base)


@dataclass(slots=True)
class UnitOfWork:
    """What a command may touch: rows that its actor may see, locked before they are judged."""

    session: Session
    actor: Actor
    order: CommandHeader
    door: Door
    at: datetime | None = None
    customer_id: int | None = None
    changes: list[FieldChange] = field(default_factory=list)

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
        self.session.flush()
        self.door.is_open = True
        write_entry(
            self.session.connection(), self.actor, self.order,
            customer_id=self.customer_id, changes=self.changes, result=result, applied_at=self.at,
        )  # fmt: skip
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
        for row in (*session.new, *session.dirty):
            work.changes.extend(changes_of(row))

    def shuts(*_: object) -> None:
        work.door.is_open = False

    event.listen(work.session, "before_flush", opens)
    event.listen(work.session, "after_flush", notes)
    event.listen(work.session, "after_flush_postexec", shuts)
    event.listen(work.session, "do_orm_execute", _refuse_bulk)


def _refuse_bulk(state: ORMExecuteState) -> None:
    if not state.is_select:
        raise RuntimeError("a bulk statement would pass by the audit and the locks")
