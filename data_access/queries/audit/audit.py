"""The audit log: what was done by whom, and which fields that changed, newest first."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, CompoundSelect, Row, Select, bindparam, exists, func, select, union

from data_access.base.clock import NOW
from data_access.base.permissions import Actor, Permission
from data_access.base.text.labels import command_words
from data_access.base.text.masking import reason_of
from data_access.base.text.numerals import whole_number
from data_access.domain.field_labels import ENTITIES
from data_access.models.customers import Customer
from data_access.models.history import Change, CommandLog, PersonalValue
from data_access.queries.audit.audit_filter import EVERYTHING, AuditFilter
from data_access.queries.audit.audit_values import AuditWords, Recorded
from data_access.queries.audit.custom_names import custom_name, label_of
from data_access.queries.audit.gists import gists
from data_access.queries.customer_context import CUSTOMER_ID
from data_access.queries.pagination.newest_first import PAGE
from data_access.queries.pagination.pages import Direction, Key, Order, Page, Shape, Stretch, read_page
from data_access.store.access import Query, Reader
from data_access.store.confined import MadeOnce, made_once
from data_access.store.identity import meant_by
from data_access.store.scope import visible

ERASED = "erased"
_HIDDEN = "•••••"
_FIELDS_TOLD = 4
_NOBODY = 0  # no customer has this id
BY_NUMBER = Order((Key(CommandLog.number, whole_number),), is_descending=True)
_BY_CHANGE = Order((Key(Change.id, whole_number),), is_descending=True)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What one command did: when, who, what in words, to which customer, why."""

    number: int
    at: datetime
    login: str
    what: str
    customer_id: int | None
    customer_code: str
    reason: str


@dataclass(frozen=True, slots=True)
class AuditedCommand(AuditEntry):
    """A command with its object and what came of it, and the names of the fields that it changed, if any."""

    gist: str
    changed: str


@dataclass(frozen=True, slots=True)
class Changed(AuditEntry):
    """One changed field of a record, with its old and new value in words."""

    record: str
    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class LogChoices:
    """Who and what the log holds, to choose from."""

    logins: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class AuditChoices(Query[LogChoices]):
    """The sign-in names and the kinds of command in the log, in the order of the alphabet."""

    needs: ClassVar = Permission.AUDIT_READ

    def run(self, reader: Reader) -> LogChoices:
        return LogChoices(*(_each(reader, column) for column in (CommandLog.login, CommandLog.name)))


@dataclass(frozen=True)
class FindCommands(Query[Page[AuditedCommand]]):
    """A page of what was done, newest first."""

    needs: ClassVar = Permission.AUDIT_READ
    filter: AuditFilter = EVERYTHING
    direction: Direction = Direction.FIRST
    cursor: str = ""

    def run(self, reader: Reader) -> Page[AuditedCommand]:
        stretch = Stretch.of(BY_NUMBER, self.direction, self.cursor, PAGE)
        page = _page(reader, _commands, self.filter, stretch)
        changed_fields = _told(reader, [row.id for row in page.rows])
        results = [row.result if _is_told(reader.actor, row) else {} for row in page.rows]
        about = dict(zip((row.id for row in page.rows), gists(reader, results), strict=True))
        return page.of(
            tuple(
                AuditedCommand(**_entry(row), gist=about[row.id], changed=changed_fields.get(row.id, ""))
                for row in page.rows
            )
        )


@dataclass(frozen=True)
class FindChanges(Query[Page[Changed]]):
    """A page of changed fields with old and new values, newest first."""

    needs: ClassVar = Permission.AUDIT_READ
    filter: AuditFilter = EVERYTHING
    direction: Direction = Direction.FIRST
    cursor: str = ""

    def run(self, reader: Reader) -> Page[Changed]:
        page = _page(reader, _changes, self.filter, Stretch.of(_BY_CHANGE, self.direction, self.cursor, PAGE))
        words = AuditWords(reader, [recorded for row in page.rows for recorded in (*_plain(row), *_personal(row))])
        shows_personal = reader.actor.may(Permission.PERSONAL_READ)
        return page.of(tuple(_changed(row, words, shows_personal=shows_personal) for row in page.rows))


_ENTRY = (
    CommandLog.id, CommandLog.number, CommandLog.at, CommandLog.login, CommandLog.name, reason_of(CommandLog),
    Customer.id.label("customer_id"), Customer.customer_code,
)  # fmt: skip
_CHANGE = (
    Change.entity, Change.field, Change.before, Change.after, Change.personal_id,
    PersonalValue.before.label("personal_before"), PersonalValue.after.label("personal_after"), PersonalValue.erased_at,
)  # fmt: skip


def _each(reader: Reader, column: Any) -> tuple[str, ...]:
    """Every value in the log once: from each to the next one in the index, past all that are alike."""
    first = _least(reader, column).cte("each_one", recursive=True)
    following = _least(reader, column, column > first.c.value).correlate(first).scalar_subquery()
    each = first.union_all(select(following.label("value")).where(first.c.value.is_not(None)))
    return tuple(reader.session.scalars(select(each.c.value).where(each.c.value.is_not(None)).order_by(each.c.value)))


def _least(reader: Reader, column: Any, *where: ColumnElement[bool]) -> Select[Any]:
    return visible(CommandLog, reader.actor).where(*where).with_only_columns(func.min(column).label("value"))


Asked = MadeOnce[AuditFilter, bool, Shape, Select[Any]]


def _page(reader: Reader, make: Asked, wanted: AuditFilter, stretch: Stretch) -> Page[Row[*tuple[Any, ...]]]:
    """One statement serves every customer that is asked about."""
    about = meant_by(reader.session, reader.actor, wanted.customer) or _NOBODY if wanted.customer else None
    statement = make(reader.actor, replace(wanted, customer=""), about is not None, stretch.shape)
    return read_page(reader, statement, stretch, {"customer_id": about})


@made_once
def _commands(actor: Actor, wanted: AuditFilter, about_one: bool, shape: Shape) -> Select[Any]:
    own_changes = exists().where(Change.command_id == CommandLog.id)
    found: list[ColumnElement[bool]] = [own_changes.where(_is_field(wanted.field))] if wanted.field else []
    if about_one:
        found.append(CommandLog.id.in_(_ids_about(actor)))
    return shape.cut(
        visible(CommandLog, actor)
        .outerjoin(Customer, Customer.id == CommandLog.customer_id)
        .where(*wanted.where(NOW), *found)
        .with_only_columns(*_ENTRY, CommandLog.result)
    )


def _is_told(actor: Actor, row: Row[*tuple[Any, ...]]) -> bool:
    """Whether the reader may know what came of it: what others did to many customers counts those of all resellers."""
    return actor.reseller_id is None or row.customer_id is not None or row.login == actor.login


def _ids_about(actor: Actor) -> CompoundSelect[Any]:
    """The commands that name a customer, and those that changed something of it: an index has each."""
    naming = visible(CommandLog, actor).where(CommandLog.customer_id == CUSTOMER_ID)
    changing = visible(Change, actor).where(Change.customer_id == CUSTOMER_ID)
    return union(naming.with_only_columns(CommandLog.id), changing.with_only_columns(Change.command_id))


@made_once
def _changes(actor: Actor, wanted: AuditFilter, about_one: bool, shape: Shape) -> Select[Any]:
    found = [_is_field(wanted.field)] if wanted.field else []
    if about_one:
        found.append(Change.customer_id == CUSTOMER_ID)
    return shape.cut(
        visible(Change, actor)
        .join(CommandLog, CommandLog.id == Change.command_id)
        .outerjoin(PersonalValue, PersonalValue.id == Change.personal_id)
        .outerjoin(Customer, Customer.id == Change.customer_id)
        .where(*wanted.where(NOW), *found)
        .with_only_columns(*_ENTRY, *_CHANGE, custom_name(actor))
    )


def _is_field(name: str) -> ColumnElement[bool]:
    entity, _, field = name.partition(".")
    return (Change.entity == entity) & (Change.field == field)


def _entry(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    return {
        "number": row.number, "at": row.at, "login": row.login, "what": command_words(row.name),
        "customer_id": row.customer_id, "customer_code": row.customer_code or "", "reason": row.reason,
    }  # fmt: skip


def _told(reader: Reader, command_ids: list[str]) -> dict[str, str]:
    """What each command changed: the names of the first fields, and how many more."""
    names: dict[str, list[str]] = {}
    for row in reader.session.execute(_fields_of(reader.actor), {"ids": command_ids}):
        label = label_of(row)
        names.setdefault(row.command_id, []).append(label if row.times == 1 else f"{label} ({row.times:,})")
    return {command_id: _listed(labels) for command_id, labels in names.items()}


@made_once
def _fields_of(actor: Actor) -> Select[*tuple[Any, ...]]:
    custom = custom_name(actor)
    return (
        visible(Change, actor)
        .where(Change.command_id.in_(bindparam("ids", expanding=True)))
        .with_only_columns(Change.command_id, Change.entity, Change.field, custom, func.count().label("times"))
        .group_by(Change.command_id, Change.entity, Change.field, custom.name)
        .order_by(Change.command_id, func.min(Change.id))
    )


def _listed(labels: list[str]) -> str:
    more = len(labels) - _FIELDS_TOLD
    return ", ".join(labels[:_FIELDS_TOLD]) + (f" and {more} more" if more > 0 else "")


def _changed(row: Row[*tuple[Any, ...]], words: AuditWords, *, shows_personal: bool) -> Changed:
    before, after = (_in_words(row, side, words, shows_personal=shows_personal) for side in (0, 1))
    return Changed(**_entry(row), record=ENTITIES[row.entity], field=label_of(row), before=before, after=after)


def _in_words(row: Row[*tuple[Any, ...]], side: int, words: AuditWords, *, shows_personal: bool) -> str:
    plain = words.of(_plain(row)[side])
    if row.personal_id is None:
        return plain
    personal = words.of(_personal(row)[side], hide=str if shows_personal else _hide)
    return "; ".join(part for part in (plain, ERASED if row.erased_at is not None else personal) if part)


def _plain(row: Row[*tuple[Any, ...]]) -> tuple[Recorded, Recorded]:
    return (row.entity, row.field, row.before), (row.entity, row.field, row.after)


def _personal(row: Row[*tuple[Any, ...]]) -> tuple[Recorded, Recorded]:
    return (row.entity, row.field, row.personal_before), (row.entity, row.field, row.personal_after)


def _hide(text: str) -> str:
    return text and _HIDDEN
