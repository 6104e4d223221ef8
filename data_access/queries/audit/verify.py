"""The verification of audit and books: every digest computed again, every sum added up, nothing taken for granted."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from sqlalchemy import Row
from sqlalchemy.exc import DBAPIError

from data_access.base.audit_hash_chain import APPLIED_AT, CHANGE_FIELDS, COMMAND_FIELDS, FIRST, digest, personal_digest
from data_access.base.errors import Rejected
from data_access.base.permissions import Permission
from data_access.base.text.numerals import counted
from data_access.models.history import Change, CommandLog, PersonalValue
from data_access.queries.audit.books import breaches
from data_access.queries.audit.stored import Unreadable, as_read, as_stored
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_CHUNK = 500
_READ = (*COMMAND_FIELDS, APPLIED_AT, "digest")
_ERASING = "ErasePersonal"
_ERASED_AT = PersonalValue.__table__.c.erased_at
AnyRow = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Anchor:
    """The last entry that held once, written down where whoever holds the database cannot change it."""

    number: int
    digest: str


@dataclass(frozen=True, slots=True)
class Verified:
    """How far the chain holds: entries and changes read, values lawfully erased, the first break, what else is wrong.

    `last`: the end of a chain that holds.
    """

    entries: int
    changes: int
    erased: int
    broken_at: int | None = None
    why: str = ""
    breaches: tuple[str, ...] = ()
    last: Anchor | None = None

    @property
    def holds(self) -> bool:
        return self.broken_at is None and not self.breaches

    def __str__(self) -> str:
        told = [
            f"The audit holds: {counted(self.entries, 'entry', 'entries')} with {counted(self.changes, 'change')}, "
            f"{counted(self.erased, 'personal value')} lawfully erased."
            if self.broken_at is None
            else f"The audit is broken at entry {self.broken_at}: {self.why} "
            f"The {counted(self.entries, 'entry before it holds', 'entries before it hold')}."
        ]
        return "\n".join([*told, *self.breaches] if self.breaches else [*told, "The books hold."])


class _Broken(Exception):
    """Where the chain does not hold."""

    def __init__(self, number: int, why: str) -> None:
        self.number, self.why = number, why
        super().__init__(why)


@dataclass(slots=True)
class _Erased:
    """Personal values that were erased, by customer and moment, until the command is met that names them."""

    waiting: dict[tuple[Any, Any], tuple[int, int]] = field(default_factory=dict)

    def note(self, number: int, customer_id: Any, at: Any) -> None:
        key = (customer_id, at)
        first, count = self.waiting.get(key, (number, 0))
        self.waiting[key] = first, count + 1

    def meet(self, command: Mapping[str, Any]) -> None:
        """What this command says it erased was lawful, if it is as much as it says."""
        if command["name"] != _ERASING or not isinstance(command["result"], dict):
            return
        key = (command["result"].get("customer_id"), command["at"])
        if key in self.waiting and self.waiting[key][1] == command["result"].get("values"):
            del self.waiting[key]


@dataclass(frozen=True)
class VerifyChain(Query[Verified]):
    """Whether the log, its changes, the personal values and the books are as they were written, and where not.

    The end of the chain has no successor that would vouch for it: `anchor` tells where it once reached.
    """

    needs: ClassVar = Permission.AUDIT_READ
    anchor: Anchor | None = None

    def run(self, reader: Reader) -> Verified:
        if reader.actor.reseller_id is not None:
            raise Rejected("You see one reseller's entries only; the chain can be verified by someone who sees all.")
        return replace(_chain(reader, self.anchor), breaches=breaches(reader))


def _chain(reader: Reader, anchor: Anchor | None) -> Verified:
    entries, changes, previous, erased, lawful = 0, 0, FIRST, _Erased(), 0
    try:
        for row, own in _commands(reader):
            number = entries + 1
            command = _read(reader, row, number)
            lawful += _verify_personal(reader, number, own, erased)
            if command["number"] != number:
                raise _Broken(number, "it was removed.")
            previous = _verify_digest(previous, command, own)
            _verify_anchor(anchor, Anchor(number, previous))
            erased.meet(command)
            entries, changes = number, changes + len(own)
        if anchor is not None and entries < anchor.number:
            raise _Broken(entries + 1, f"it was cut off: the log once reached entry {anchor.number} once.")
        for number, count in erased.waiting.values():
            raise _Broken(number, f"no command erased {count:,} of its personal values: they were taken out by hand.")
    except _Broken as broken:
        return Verified(entries, changes, lawful, broken.number, broken.why)
    except DBAPIError:
        reader.session.rollback()
        return Verified(entries, changes, lawful, entries + 1, "it or one that follows cannot be read at all.")
    return Verified(entries, changes, lawful, last=Anchor(entries, previous))


def _verify_anchor(anchor: Anchor | None, here: Anchor) -> None:
    if anchor is not None and anchor.number == here.number and anchor.digest != here.digest:
        raise _Broken(here.number, "the log up to it was rewritten: it is not the one that was verified before.")


def _commands(reader: Reader) -> Iterator[tuple[AnyRow, list[AnyRow]]]:
    """The commands in the order of the chain, each with its changes as they were written."""
    last = None
    while rows := _chunk(reader, last):
        changes = _changes(reader, [row.id for row in rows])
        for row in rows:
            yield row, changes[row.id]
        last = rows[-1].number


def _chunk(reader: Reader, last: Any) -> list[AnyRow]:
    asked = visible(CommandLog, reader.actor)
    asked = asked if last is None else asked.where(as_stored(CommandLog.number) > last)
    columns = [as_stored(getattr(CommandLog, name)).label(name) for name in _READ]
    return list(reader.session.execute(asked.with_only_columns(*columns).order_by(CommandLog.number).limit(_CHUNK)))


def _changes(reader: Reader, command_ids: list[str]) -> Mapping[str, list[AnyRow]]:
    told = (CommandLog.id, *(getattr(Change, name) for name in CHANGE_FIELDS))
    query = (
        visible(Change, reader.actor)
        .outerjoin(PersonalValue, PersonalValue.id == Change.personal_id)
        .where(Change.command_id.in_(command_ids))
        .with_only_columns(
            as_stored(Change.command_id).label("command_id"),
            *(as_stored(column).label(column.key) for column in told[1:]),
            PersonalValue.id.label("personal_id"),
            as_stored(PersonalValue.before).label("personal_before"),
            as_stored(PersonalValue.after).label("personal_after"),
            as_stored(PersonalValue.salt).label("salt"),
            as_stored(PersonalValue.erased_at).label("erased_at"),
        )
        .order_by(Change.id)
    )
    own: defaultdict[str, list[AnyRow]] = defaultdict(list)
    for row in reader.session.execute(query):
        own[row.command_id].append(row)
    return own


def _read(reader: Reader, row: AnyRow, number: int) -> dict[str, Any]:
    """The entry as the product reads it; broken where it cannot be read."""
    dialect, columns = reader.session.get_bind().dialect, CommandLog.__table__.c
    try:
        return {name: as_read(columns[name], getattr(row, name), dialect) for name in _READ}
    except Unreadable as wrong:
        raise _Broken(number, f"its {wrong} holds what nobody wrote there.") from wrong


def _verify_digest(previous: str, command: Mapping[str, Any], changes: list[AnyRow]) -> str:
    applied_at = command[APPLIED_AT]
    covered = {**command, "at": command["at"].isoformat(), APPLIED_AT: applied_at and applied_at.isoformat()}
    told = [{name: getattr(row, name) for name in CHANGE_FIELDS} for row in changes]
    if _digest(previous, covered, told) != command["digest"]:
        raise _Broken(command["number"], "it or one of its changes was altered, added or removed.")
    return str(command["digest"])


def _digest(previous: str, covered: Mapping[str, Any], told: list[dict[str, Any]]) -> str:
    try:
        return digest(previous, covered, told)
    except UnicodeEncodeError:  # half a letter, which nobody types
        return ""


def _verify_personal(reader: Reader, number: int, changes: list[AnyRow], erased: _Erased) -> int:
    """How many of the personal values were erased; the others must still be those that were written."""
    kept = [row for row in changes if row.personal_digest is not None]
    for row in kept:
        if not (_is_erased(row) if row.erased_at is not None else _is_as_written(row)):
            raise _Broken(number, "a personal value of it was altered or removed.")
    gone = [row for row in kept if row.erased_at is not None]
    for row in gone:
        try:
            erased.note(number, row.customer_id, as_read(_ERASED_AT, row.erased_at, reader.session.get_bind().dialect))
        except Unreadable as wrong:
            raise _Broken(number, "it is not recorded when a personal value of it was erased.") from wrong
    return len(gone)


def _is_as_written(row: AnyRow) -> bool:
    if row.personal_id is None or row.salt is None:
        return False
    try:
        found = personal_digest(row.salt, row.personal_before, row.personal_after)
    except UnicodeEncodeError:
        return False
    return found == str(row.personal_digest)


def _is_erased(row: AnyRow) -> bool:
    return row.personal_before is None and row.personal_after is None
