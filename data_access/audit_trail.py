"""The entry that a command leaves behind: its row in the log, the changed fields, the digest that chains them."""

from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex
from typing import Any

from sqlalchemy import Column, Connection, Row, insert, inspect, select, text

from data_access.chain import CHANGE_FIELDS, FIRST, digest, personal_digest
from data_access.models.base import Record
from data_access.models.customers import Customer
from data_access.models.history import Change, CommandLog, PersonalValue
from data_access.money import ZERO
from data_access.permissions import Actor

_CHAIN_LOCK = 7_240_114
_EMPTY = (None, "", False, ZERO)


@dataclass(frozen=True, slots=True)
class Order:
    """What the log keeps of a command before it is applied."""

    command_id: str
    name: str
    payload_hash: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One changed field; `personal` values go to the erasable table."""

    entity: str
    entity_id: int
    customer_id: int | None
    field: str
    before: str | None
    after: str | None
    personal: bool = False


def earlier(connection: Connection, command_id: str) -> Row[Any, Any, Any, Any, Any] | None:
    """The log's row of a command that was executed before; waits for the same command being executed now."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:id, 0))"), {"id": command_id})
    log = CommandLog.__table__
    asked = select(log.c.person_id, log.c.login, log.c.name, log.c.payload_hash, log.c.result)
    return connection.execute(asked.where(log.c.id == command_id)).one_or_none()


def changes_of(row: object) -> list[FieldChange]:
    """The fields of a record that this flush writes. Summaries and folded keys follow from others and are left out."""
    if not isinstance(row, Record):
        return []
    state = inspect(row)
    is_new = state.pending
    changes = []
    for attribute in state.attrs:
        column = state.mapper.columns[attribute.key]
        history = attribute.history
        if not history.has_changes() or column.info.get("summary") or attribute.key in _LEFT_OUT:
            continue
        before = history.deleted[0] if history.deleted else None
        after = history.added[0] if history.added else None
        if before == after or (is_new and after in _EMPTY):
            continue
        changes.append(_change(row, column, before, after))
    return changes


_LEFT_OUT = ("id", "version", "customer_code_key", "name_key", "email_key", "phone_key", "login_key")


def _change(row: Record, column: Column[Any], before: object, after: object) -> FieldChange:
    secret = bool(column.info.get("secret"))
    return FieldChange(
        entity=type(row).__name__,
        entity_id=row.id,
        customer_id=row.id if isinstance(row, Customer) else getattr(row, "customer_id", None),
        field=column.key,
        before=None if secret else _text(before),
        after="changed" if secret else _text(after),
        personal=bool(column.info.get("personal")),
    )


def _text(value: object) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, datetime) else str(value)


def write_entry(
    connection: Connection,
    actor: Actor,
    order: Order,
    *,
    customer_id: int | None,
    changes: list[FieldChange],
    result: dict[str, Any],
) -> None:
    """Writes the log row and its changes at the end of the chain. The chain is held until the transaction ends."""
    number, previous = _end_of_chain(connection)
    command = {
        "id": order.command_id, "number": number + 1, "name": order.name, "login": actor.login,
        "person_id": actor.person_id, "customer_id": customer_id, "reason": order.reason,
        "payload_hash": order.payload_hash, "result": result, "at": order.at,
    }  # fmt: skip
    rows, personal = _rows(connection, order.command_id, changes)
    covered = command | {"at": order.at.isoformat()}
    connection.execute(insert(CommandLog), command | {"digest": digest(previous, covered, rows)})
    if personal:
        connection.execute(insert(PersonalValue), personal)
    if rows:
        connection.execute(insert(Change), rows)


def _end_of_chain(connection: Connection) -> tuple[int, str]:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:chain)"), {"chain": _CHAIN_LOCK})
    log = CommandLog.__table__
    last = connection.execute(select(log.c.number, log.c.digest).order_by(log.c.number.desc()).limit(1)).one_or_none()
    return (last.number, last.digest) if last else (0, FIRST)


def _rows(
    connection: Connection, command_id: str, changes: list[FieldChange]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    ids = iter(reserve_ids(connection, "personal_values", sum(change.personal for change in changes)))
    rows, personal = [], []
    for change in changes:
        salt = token_hex(16) if change.personal else None
        row: dict[str, Any] = {name: getattr(change, name, None) for name in CHANGE_FIELDS}
        row |= {"command_id": command_id, "personal_id": None}
        if salt is not None:
            row |= {"personal_id": next(ids), "before": None, "after": None}
            row["personal_digest"] = personal_digest(salt, change.before, change.after)
            personal.append({"id": row["personal_id"], "before": change.before, "after": change.after, "salt": salt})
        rows.append(row)
    return rows, personal


def reserve_ids(connection: Connection, table: str, count: int) -> list[int]:
    """Ids for rows about to be inserted into a table of ours, none of them given out twice."""
    if count == 0:
        return []
    if connection.dialect.name == "postgresql":
        series = text("SELECT nextval(pg_get_serial_sequence(:table, 'id')) FROM generate_series(1, :count)")
        return [int(row[0]) for row in connection.execute(series, {"table": table, "count": count})]
    last = connection.execute(text(f"SELECT coalesce(max(id), 0) FROM {table}")).scalar_one()
    return list(range(last + 1, last + 1 + count))
