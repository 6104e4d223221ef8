"""Lines of a timeline about recorded changes: edits, limits and quotas, one line a command."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, func

from data_access.base.permissions import Actor
from data_access.base.text.masking import reason_of
from data_access.domain.field_labels import LABELS, WHOLE_RECORD, field_label
from data_access.domain.lifecycle import STATUS_FACTS
from data_access.domain.moves import CREATED
from data_access.models.customers import Customer
from data_access.models.history import Change, CommandLog, StatusEvent
from data_access.models.quotas import Quota
from data_access.queries.audit.audit_values import AuditWords
from data_access.queries.customer_context import CUSTOMER_ID, AnyRow, CustomerContext
from data_access.queries.customers.limits import LIMITS
from data_access.queries.timeline.timeline_kinds import FoundLine, Rows, joined
from data_access.queries.timeline.timeline_order import MADE, Asked, PageStart, newest
from data_access.store.access import Reader
from data_access.store.scope import visible

_EDITED = tuple(name for name in LABELS if name not in STATUS_FACTS and name not in LIMITS)
_CUSTOMER, _QUOTA = Customer.__name__, Quota.__name__
_AT = func.coalesce(CommandLog.applied_at, CommandLog.at)
_QUOTA_WHAT = {"ChangeQuota": "Quota changed", "EndQuota": "Quota ended"}  # others grant one


def edits(actor: Actor, start: PageStart) -> Asked:
    """A creation and a status change have their own lines."""
    creation = visible(StatusEvent, actor).where(StatusEvent.customer_id == CUSTOMER_ID, StatusEvent.move == CREATED)
    created_by = creation.with_only_columns(StatusEvent.command_id)
    return _changes(
        actor, start, Change.entity == _CUSTOMER, Change.field.in_(_EDITED), Change.command_id.not_in(created_by)
    )


def limits(actor: Actor, start: PageStart) -> Asked:
    return _changes(actor, start, Change.entity == _CUSTOMER, Change.field.in_(LIMITS))


def quotas(actor: Actor, start: PageStart) -> Asked:
    return _changes(actor, start, Change.entity == _QUOTA, Change.field != "customer_id")


def _changes(actor: Actor, start: PageStart, *which: ColumnElement[bool]) -> Asked:
    """The changes that the newest commands made, each with its command."""
    mine = visible(Change, actor).where(Change.customer_id == CUSTOMER_ID, *which)
    made = visible(CommandLog, actor).where(CommandLog.id.in_(mine.with_only_columns(Change.command_id)))
    commands = newest(made.with_only_columns(CommandLog.id), _AT, CommandLog.number, start)
    return (
        mine.join(CommandLog, CommandLog.id == Change.command_id)
        .where(Change.command_id.in_(commands))
        .with_only_columns(
            Change.id, Change.field, Change.before, Change.after, CommandLog.name, CommandLog.login,
            reason_of(CommandLog), _AT.label("at"), *MADE,
        )
    )  # fmt: skip


def _by_command(rows: Rows) -> Iterator[tuple[AnyRow, list[AnyRow]]]:
    """One of the rows of each command, and all of them in the order in which they were written."""
    for _, made in groupby(sorted(rows, key=lambda row: (row.command, row.id)), lambda row: row.command):
        changes = list(made)
        yield changes[0], changes


def _line(one: AnyRow, what: str, said: Iterable[str], sign: str = "; ") -> FoundLine:
    return FoundLine(one, one.at, one.command, what, joined(sign.join(said), one.reason), one.login)


def tell_edits(_reader: Reader, _seen: CustomerContext, rows: Rows) -> list[FoundLine]:
    """They name their fields."""
    return [_line(one, "Edited", (LABELS[row.field] for row in changes), ", ") for one, changes in _by_command(rows)]


def tell_limits(reader: Reader, _seen: CustomerContext, rows: Rows) -> list[FoundLine]:
    """They name what each limit was and is."""
    words = AuditWords(reader, [])

    def said(row: Any) -> str:
        before, after = (words.of((_CUSTOMER, row.field, value)) or "none" for value in (row.before, row.after))
        return f"{LABELS[row.field]}: {before} → {after}"

    return [_line(one, "Limits changed", map(said, changes)) for one, changes in _by_command(rows)]


def tell_quotas(reader: Reader, _seen: CustomerContext, rows: Rows) -> list[FoundLine]:
    """They name what was made of each field; what was used of a quota stands with the money."""
    words = AuditWords(reader, [(_QUOTA, row.field, row.after) for row in rows])

    def said(row: Any) -> str:
        before, after = (words.of((_QUOTA, row.field, value)) for value in (row.before, row.after))
        change = f"{before} → {after}" if before else after
        return change if row.field == WHOLE_RECORD else f"{field_label(_QUOTA, row.field)}: {change}"

    return [
        _line(one, _QUOTA_WHAT.get(one.name, "Quota granted"), map(said, changes)) for one, changes in _by_command(rows)
    ]
