"""The verification of the audit: every digest computed anew, so that a row altered or removed by hand is found."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import Row

from data_access.access import Query, Reader
from data_access.chain import CHANGE_FIELDS, COMMAND_FIELDS, FIRST, digest, personal_digest
from data_access.errors import Rejected
from data_access.masking import unmasked
from data_access.models.history import Change, CommandLog, PersonalValue
from data_access.permissions import Permission
from data_access.scope import visible

_CHUNK = 500
AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Verified:
    """How far the chain holds: entries and changes read, values lawfully erased, and the first break, if any."""

    entries: int
    changes: int
    erased: int
    broken_at: int | None = None
    why: str = ""

    @property
    def holds(self) -> bool:
        return self.broken_at is None

    def __str__(self) -> str:
        if self.holds:
            return (
                f"The audit holds: {self.entries:,} entries with {self.changes:,} changes, "
                f"{self.erased:,} personal values lawfully erased."
            )
        return f"The audit is broken at entry {self.broken_at}: {self.why} The {self.entries:,} entries before it hold."


class _Broken(Exception):
    """Where the chain does not hold."""

    def __init__(self, number: int, why: str) -> None:
        self.number, self.why = number, why
        super().__init__(why)


@dataclass(frozen=True)
class VerifyChain(Query[Verified]):
    """Whether the log, its changes and the personal values are as they were written, and where not.

    The end of the chain has no successor that would vouch for it: entries cut off there leave no trace in it.
    """

    needs: ClassVar = Permission.AUDIT_READ

    def run(self, reader: Reader) -> Verified:
        if reader.actor.reseller_id is not None:
            raise Rejected("You see one reseller's entries only; the chain can be verified by someone who sees all.")
        entries, changes, erased, previous = 0, 0, 0, FIRST
        try:
            for command, own in _commands(reader):
                erased += _verify_personal(command.number, own)
                _verify_place(command, entries + 1)
                previous = _verify_digest(previous, command, own)
                entries, changes = entries + 1, changes + len(own)
        except _Broken as broken:
            return Verified(entries, changes, erased, broken.number, broken.why)
        return Verified(entries, changes, erased)


def _commands(reader: Reader) -> Iterator[tuple[AnyRow, list[AnyRow]]]:
    """The commands in the order of the chain, each with its changes as they were written."""
    last = None
    while rows := _chunk(reader, last):
        changes = _changes(reader, [row.id for row in rows])
        for row in rows:
            yield row, changes[row.id]
        last = rows[-1].number


def _chunk(reader: Reader, last: int | None) -> list[AnyRow]:
    asked = (
        visible(CommandLog, reader.actor)
        if last is None
        else visible(CommandLog, reader.actor).where(CommandLog.number > last)
    )
    columns = [getattr(CommandLog, name) for name in (*COMMAND_FIELDS, "digest") if name != "reason"]
    columns.append(unmasked(CommandLog.reason).label("reason"))
    return list(reader.session.execute(asked.with_only_columns(*columns).order_by(CommandLog.number).limit(_CHUNK)))


def _changes(reader: Reader, command_ids: list[str]) -> Mapping[str, list[AnyRow]]:
    asked = (
        visible(Change, reader.actor)
        .outerjoin(PersonalValue, PersonalValue.id == Change.personal_id)
        .where(Change.command_id.in_(command_ids))
        .with_only_columns(
            Change.command_id,
            *(getattr(Change, name) for name in CHANGE_FIELDS),
            PersonalValue.id.label("personal_id"),
            PersonalValue.before.label("personal_before"),
            PersonalValue.after.label("personal_after"),
            PersonalValue.salt,
            PersonalValue.erased_at,
        )
        .order_by(Change.id)
    )
    own: defaultdict[str, list[AnyRow]] = defaultdict(list)
    for row in reader.session.execute(asked):
        own[row.command_id].append(row)
    return own


def _verify_place(command: AnyRow, expected: int) -> None:
    if command.number != expected:
        raise _Broken(expected, "it was removed.")


def _verify_digest(previous: str, command: AnyRow, changes: list[AnyRow]) -> str:
    covered = {name: getattr(command, name) for name in COMMAND_FIELDS} | {"at": command.at.isoformat()}
    found = digest(previous, covered, [{name: getattr(row, name) for name in CHANGE_FIELDS} for row in changes])
    if found != command.digest:
        raise _Broken(command.number, "it or one of its changes was altered, added or removed.")
    return found


def _verify_personal(number: int, changes: list[AnyRow]) -> int:
    """How many of the personal values were erased; the others must still be those that were written."""
    kept = [row for row in changes if row.personal_digest is not None]
    for row in kept:
        if not (_is_erased(row) if row.erased_at is not None else _is_as_written(row)):
            raise _Broken(number, "a personal value of it was altered or removed.")
    return sum(row.erased_at is not None for row in kept)


def _is_as_written(row: AnyRow) -> bool:
    if row.personal_id is None or row.salt is None:
        return False
    found = personal_digest(row.salt, row.personal_before, row.personal_after)
    return found == str(row.personal_digest)


def _is_erased(row: AnyRow) -> bool:
    return row.personal_before is None and row.personal_after is None
