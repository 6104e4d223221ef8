"""Archiving: the one path that deletes. Details of the permanently terminated go to a file, their sums stay."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, delete, func, inspect
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.clock import Clock, day_in
from data_access.base.engine import Door, write_turn
from data_access.base.errors import NotFound
from data_access.base.money import ZERO
from data_access.base.permissions import Actor, Permission
from data_access.domain.retention import is_over
from data_access.jobs.archive_file import Rows, sums_in, sums_of, write_archive
from data_access.jobs.details import DETAILS, details_to_archive
from data_access.models.base import Base
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.models.jobs import Archive
from data_access.models.money import Transaction
from data_access.store.access import new_command_id
from data_access.store.audit_trail import CommandHeader, FieldChange, LogEntry, changed, write_entries
from data_access.store.scope import visible

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Archived:
    """`rows` 0: it was not due any more, or nothing of it could go. `closing`: the sum of the bookings that went."""

    customer_id: int
    rows: int
    file: str
    digest: str
    closing: str


@contextmanager
def _door(engine: Engine) -> Iterator[Session]:
    door = Door(is_open=True)
    with write_turn(engine), Session(engine.execution_options(door=door)) as session, session.begin():
        yield session


def archive_customer(engine: Engine, actor: Actor, clock: Clock, folder: Path, customer_id: int) -> Archived:
    """Writes the details of a customer to a file and deletes them, in one transaction that leaves every sum equal.

    Killed at any moment it has done nothing, or all of it: a file without its row in `archives` is written again.
    """
    actor.require(Permission.ARCHIVE_RUN)
    with _door(engine) as session:
        customer = _locked(session, actor, customer_id)
        if not _is_due(session, actor, customer, clock):
            return Archived(customer_id, 0, "", "", "0")
        order = CommandHeader(
            new_command_id(), "ArchiveDetails", "", "The time for which details are kept is over.", clock
        )
        at = clock()
        rows = details_to_archive(session, actor, customer)
        archived = _archived(customer, rows, folder)
        _write_row(session, order, archived, at)
        _close(session, actor, order, customer, at, Decimal(archived.closing))
        _delete(session, rows)
        _refuse_unequal(session, actor, customer)
        _write_audit(session, actor, order, customer, archived, at)
        return archived


def _locked(session: Session, actor: Actor, customer_id: int) -> Customer:
    found = session.scalar(visible(Customer, actor).where(Customer.id == customer_id).with_for_update())
    if found is None:
        raise NotFound("The customer")
    return found


def _is_due(session: Session, actor: Actor, customer: Customer, clock: Clock) -> bool:
    of_class = visible(CustomerClass, actor).where(CustomerClass.id == customer.customer_class_id)
    months = session.scalar(of_class.with_only_columns(CustomerClass.archive_after_months))
    return customer.archived_at is None and is_over(customer, months, clock())


def _archived(customer: Customer, rows: Rows, folder: Path) -> Archived:
    """The file, read back from the disk: what it does not hold must not be deleted."""
    path = folder / f"customer-{customer.id}.parquet"
    digest = write_archive(path, rows)
    if sums_in(path) != sums_of(rows):
        raise RuntimeError(f"{path.name} does not hold what was written to it")
    closing = sum((row.amount for row in rows[Transaction]), ZERO)
    return Archived(customer.id, sum(map(len, rows.values())), path.name, digest, f"{closing:f}")


def _write_row(session: Session, order: CommandHeader, archived: Archived, at: datetime) -> None:
    """The row that opens the way: without it the database refuses to delete."""
    session.add(
        Archive(
            customer_id=archived.customer_id, command_id=order.command_id, at=at, file=archived.file,
            digest=archived.digest, rows=archived.rows,
        )
    )  # fmt: skip
    session.flush()


def _delete(session: Session, rows: Rows) -> None:
    """What refers to others first; within a table the newest first, since a reversal is newer than what it reverses."""
    for model in DETAILS:
        ids = sorted((row.id for row in rows[model]), reverse=True)
        gone = sum(_delete_chunk(session, model, ids[at : at + _CHUNK]) for at in range(0, len(ids), _CHUNK))
        if gone != len(ids):
            raise RuntimeError(f"{gone} of {len(ids)} rows of {model.__tablename__} could be deleted")


def _delete_chunk(session: Session, model: type[Base], ids: list[int]) -> int:
    these = delete(model).where(inspect(model).columns["id"].in_(ids))
    result: Any = session.execute(these.execution_options(synchronize_session=False))
    return int(result.rowcount)


def _close(
    session: Session, actor: Actor, order: CommandHeader, customer: Customer, at: datetime, closing: Decimal
) -> None:
    """One booking stands for all that will go; it is written first, so that no id is given out twice."""
    if not closing:
        return
    session.add(
        Transaction(
            customer_id=customer.id, command_id=order.command_id, line=1, amount=closing, at=at,
            kind=Kind.CLOSING_DEBIT if closing > 0 else Kind.CLOSING_CREDIT, currency=customer.currency,
            balance_after=customer.balance, value_on=day_in(customer.billing_zone, at),
            person_id=actor.person_id,
        )
    )  # fmt: skip
    session.flush()


def _refuse_unequal(session: Session, actor: Actor, customer: Customer) -> None:
    left = visible(Transaction, actor).where(Transaction.customer_id == customer.id)
    if (session.scalar(left.with_only_columns(func.sum(Transaction.amount))) or ZERO) != customer.balance:
        raise RuntimeError(f"the bookings of customer {customer.id} would no longer come to its balance")


def _write_audit(
    session: Session, actor: Actor, order: CommandHeader, customer: Customer, archived: Archived, at: datetime
) -> None:
    customer.archived_at = at
    session.flush()
    column = inspect(Customer).columns["archived_at"]
    change: FieldChange = changed(Customer, column, None, at, entity_id=customer.id, customer_id=customer.id)
    tables = frozenset(session.connection().get_execution_options()["door"].tables)
    entry = LogEntry(order, customer.id, [change], asdict(archived), at, tables)
    write_entries(session.connection(), actor, [entry])
