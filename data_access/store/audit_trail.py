"""The audit entry of a command: its row in the log, the changed fields, the digest that chains them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from secrets import token_hex
from typing import Any

from sqlalchemy import Column, Connection, Row, TextClause, bindparam, insert, inspect, select, text
from sqlalchemy.orm.base import PASSIVE_NO_INITIALIZE

from data_access.base.audit_hash_chain import FIRST, canonical, digest, personal_digest
from data_access.base.clock import Clock
from data_access.base.errors import Rejected
from data_access.base.money import ZERO
from data_access.base.permissions import Actor
from data_access.base.text.labels import command_words
from data_access.models.base import Record
from data_access.models.customers import Customer
from data_access.models.history import Change, CommandLog, PersonalValue

_CHAIN_LOCK = 7_240_114
_EMPTY = (None, "", False, ZERO)

# Every command runs these: building them takes longer than SQLite takes to answer.
_LOG = CommandLog.__table__
_EARLIER = select(_LOG.c.person_id, _LOG.c.login, _LOG.c.name, _LOG.c.payload_hash, _LOG.c.result).where(
    _LOG.c.id == bindparam("command_id")
)
_LAST = select(_LOG.c.number, _LOG.c.digest).order_by(_LOG.c.number.desc()).limit(1)
_ENTRY, _CHANGES, _PERSONAL = insert(CommandLog), insert(Change), insert(PersonalValue)
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended(:id, 0))")
_HOLD_THE_CHAIN = text("SELECT pg_advisory_xact_lock(:chain)")
_NEXT_IDS = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")


@dataclass(frozen=True, slots=True)
class CommandHeader:
    """What the log keeps of a command before it is applied, and the clock that dates it once its locks are held."""

    command_id: str
    name: str
    payload_hash: str
    reason: str
    clock: Clock


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One changed field; `personal` values go to the erasable table.

    The field `*` stands for a whole record, `personal_after` for the part of it that is personal.
    """

    entity: str
    entity_id: int
    customer_id: int | None
    field: str
    before: str | None
    after: str | None
    personal: bool = False
    personal_after: str | None = None

    @property
    def erasable(self) -> tuple[str | None, str | None] | None:
        """What goes to the erasable table, before and after; None if nothing does."""
        if self.personal:
            return self.before, self.after
        return None if self.personal_after is None else (None, self.personal_after)


def earlier(connection: Connection, command_id: str) -> Row[Any, Any, Any, Any, Any] | None:
    """The log's row of a command that was executed before; waits for the same command being executed now."""
    wait_for(connection, command_id)
    return connection.execute(_EARLIER, {"command_id": command_id}).one_or_none()


def wait_for(connection: Connection, name: str) -> None:
    """Waits until no other transaction holds this name, and holds it; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(_ONE_AT_A_TIME, {"id": name})


def first_result(connection: Connection, actor: Actor, order: CommandHeader) -> dict[str, Any] | None:
    """The result of the same command executed before, or None.

    Rejected when the id was used by someone else or for something else: nothing may be done twice under one id.
    """
    row = earlier(connection, order.command_id)
    if row is None:
        return None
    if (row.person_id, row.login, row.payload_hash) != (actor.person_id, actor.login, order.payload_hash):
        raise Rejected(
            f"This form was already saved, as “{command_words(row.name)}” by {row.login} with other content. "
            f"Nothing was done now by “{command_words(order.name)}”: open the form again to save it."
        )
    return dict(row.result)


def created(model: type[Record], row: Mapping[str, Any]) -> FieldChange:
    """A record created in bulk, whole, in one entry: what is empty is left out, what is personal stands apart."""
    plain, personal = _columns_told(model)
    own = _told(row, personal)
    return FieldChange(
        entity=model.__name__,
        entity_id=row["id"],
        customer_id=row["id"] if model is Customer else row.get("customer_id"),
        field="*",
        before=None,
        after=canonical(_told(row, plain)),
        personal_after=canonical(own) if own else None,
    )


def _told(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, str | None]:
    """Most values are true, which is quicker to see than that an amount is none of the empty ones."""
    return {name: _text(value) for name in names if (value := row[name]) or value not in _EMPTY}


@cache
def _columns_told(model: type[Record]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    told = [
        column
        for column in inspect(model).columns
        if not is_left_out(column.key) and not column.info.get("summary") and not column.info.get("secret")
    ]
    plain = tuple(column.key for column in told if not column.info.get("personal"))
    return plain, tuple(column.key for column in told if column.info.get("personal"))


def changes_of(row: object) -> list[FieldChange]:
    """The fields of a record that this flush writes. Summaries and folded keys follow from others and are left out."""
    if not isinstance(row, Record):
        return []
    state = inspect(row)
    is_new, untouched = state.pending, state.unmodified
    changes = []
    for column in state.mapper.columns:
        if column.key in untouched or column.info.get("summary") or is_left_out(column.key):
            continue
        history = state.get_history(column.key, PASSIVE_NO_INITIALIZE)
        if not history.has_changes():
            continue
        before = history.deleted[0] if history.deleted else None
        after = history.added[0] if history.added else None
        if before == after or (is_new and after in _EMPTY):
            continue
        changes.append(_change(row, column, before, after))
    return changes


def is_left_out(name: str) -> bool:
    return name in ("id", "version") or name.endswith("_key")


def _change(row: Record, column: Column[Any], before: object, after: object) -> FieldChange:
    customer_id = row.id if isinstance(row, Customer) else getattr(row, "customer_id", None)
    return changed(type(row), column, before, after, entity_id=row.id, customer_id=customer_id)


def changed(
    model: type[Record], column: Column[Any], before: object, after: object, *, entity_id: int, customer_id: int | None
) -> FieldChange:
    """One field of a record, as the audit tells it."""
    secret = bool(column.info.get("secret"))
    return FieldChange(
        entity=model.__name__,
        entity_id=entity_id,
        customer_id=customer_id,
        field=column.key,
        before=None if secret else _text(before),
        after="changed" if secret else _text(after),
        personal=bool(column.info.get("personal")),
    )


def _text(value: object) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, datetime) else str(value)


@dataclass(frozen=True, slots=True)
class LogEntry:
    """What a command leaves behind: its result, and what it changed. `tables`: those that it wrote to."""

    order: CommandHeader
    customer_id: int | None
    changes: list[FieldChange]
    result: dict[str, Any]
    applied_at: datetime | None
    tables: frozenset[str]


def write_entries(connection: Connection, actor: Actor, entries: Sequence[LogEntry]) -> None:
    """Writes log rows and their changes at the end of the chain. The chain is held until the transaction ends.

    An entry's time is read while it is held: the log's numbers and times have one order (ruling 63).
    """
    changed = [change for entry in entries for change in entry.changes]
    ids = iter(reserve_ids(connection, "personal_values", sum(change.erasable is not None for change in changed)))
    number, previous = _end_of_chain(connection)
    commands, changes, personal = list[dict[str, Any]](), list[dict[str, Any]](), list[dict[str, Any]]()
    for entry in entries:
        number, order, at = number + 1, entry.order, entry.order.clock()
        applied_at = entry.applied_at or at
        command = {
            "id": order.command_id, "number": number, "name": order.name, "login": actor.login,
            "person_id": actor.person_id, "customer_id": entry.customer_id, "reason": order.reason,
            "payload_hash": order.payload_hash, "result": entry.result, "at": at,
            "applied_at": applied_at,
        }  # fmt: skip
        rows, erasable = _rows(ids, order.command_id, entry.changes)
        covered = command | {"at": at.isoformat(), "applied_at": applied_at.isoformat()}
        previous = digest(previous, covered, rows)
        commands.append(command | {"digest": previous, "tables": " ".join(sorted(entry.tables))})
        changes += rows
        personal += erasable
    for statement, written in ((_ENTRY, commands), (_PERSONAL, personal), (_CHANGES, changes)):
        if written:
            connection.execute(statement, written)


def _end_of_chain(connection: Connection) -> tuple[int, str]:
    if connection.dialect.name == "postgresql":
        connection.execute(_HOLD_THE_CHAIN, {"chain": _CHAIN_LOCK})
    last = connection.execute(_LAST).one_or_none()
    return (last.number, last.digest) if last else (0, FIRST)


def _rows(
    ids: Iterator[int], command_id: str, changes: list[FieldChange]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    rows, personal = [], []
    for change in changes:
        row: dict[str, Any] = {
            "command_id": command_id, "entity": change.entity, "entity_id": change.entity_id,
            "customer_id": change.customer_id, "field": change.field, "before": change.before, "after": change.after,
            "personal_id": None, "personal_digest": None,
        }  # fmt: skip
        if (erasable := change.erasable) is not None:
            before, after = erasable
            salt = token_hex(16)
            row |= {"personal_id": next(ids), "personal_digest": personal_digest(salt, before, after)}
            personal.append({"id": row["personal_id"], "before": before, "after": after, "salt": salt})
        if change.personal:
            row |= {"before": None, "after": None}
        rows.append(row)
    return rows, personal


def reserve_ids(connection: Connection, table: str, count: int) -> list[int]:
    """Ids for rows about to be inserted into a table of ours, none of them given out twice."""
    if count == 0:
        return []
    if connection.dialect.name == "postgresql":
        return [int(row[0]) for row in connection.execute(_NEXT_IDS, {"table": table, "count": count})]
    last = connection.execute(_last_id(table)).scalar_one()
    return list(range(last + 1, last + 1 + count))


@cache
def _last_id(table: str) -> TextClause:
    return text(f"SELECT coalesce(max(id), 0) FROM {table}")
