"""Lines of a timeline about quotas: each granted, changed or ended. What was used of them stands with the money."""

from typing import Any

from data_access.domain.field_labels import WHOLE_RECORD, field_label
from data_access.models.history import Change
from data_access.models.quotas import Quota
from data_access.queries.audit.audit_values import AuditWords
from data_access.queries.customer_context import CustomerContext
from data_access.queries.pagination.newest_first import Mark
from data_access.queries.timeline.timeline_credit import commands_that_changed
from data_access.queries.timeline.timeline_kinds import FoundLine, joined
from data_access.store.access import Reader
from data_access.store.scope import visible

_ENTITY = Quota.__name__
_WHAT = {"ChangeQuota": "Quota changed", "EndQuota": "Quota ended"}  # others grant one


def quota_changes(reader: Reader, seen: CustomerContext, mark: Mark | None, rank: int) -> list[FoundLine]:
    """One line a command, naming what it made of each field."""
    mine: tuple[Any, ...] = (Change.customer_id == seen.customer_id, Change.entity == _ENTITY)
    rows = commands_that_changed(reader, mine, mark, rank)
    changed = _changed(reader, mine, [row.id for row in rows])
    return [
        FoundLine(
            row.at,
            row.number,
            _WHAT.get(row.name, "Quota granted"),
            joined("; ".join(changed[row.id]), row.reason),
            row.login,
        )
        for row in rows
    ]


def _changed(reader: Reader, mine: tuple[Any, ...], commands: list[str]) -> dict[str, list[str]]:
    fields = (
        visible(Change, reader.actor)
        .where(*mine, Change.command_id.in_(commands), Change.field != "customer_id")
        .with_only_columns(Change.command_id, Change.field, Change.before, Change.after)
        .order_by(Change.id)
    )
    found = reader.session.execute(fields).all()
    words = AuditWords(reader, [(_ENTITY, row.field, row.after) for row in found])
    changed = dict[str, list[str]]()
    for row in found:
        before, after = (words.of((_ENTITY, row.field, value)) for value in (row.before, row.after))
        change = f"{before} → {after}" if before else after
        said = change if row.field == WHOLE_RECORD else f"{field_label(_ENTITY, row.field)}: {change}"
        changed.setdefault(row.command_id, []).append(said)
    return changed
