"""Audit of a customer: who changed which field from what to what, when and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from data_access.base.permissions import Permission
from data_access.base.text.labels import command_words
from data_access.base.text.masking import reason_of
from data_access.domain.field_labels import ENTITIES, WHOLE_RECORD
from data_access.models.history import Change, CommandLog, PersonalValue
from data_access.queries.audit.audit_values import AuditWords, Recorded
from data_access.queries.audit.custom_names import custom_name, label_of
from data_access.queries.customer_context import AnyRow, customer_context
from data_access.queries.pagination.newest_first import PAGE, Mark, page, read_mark
from data_access.queries.pagination.pages import Page
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

HIDDEN = "hidden"
ERASED = "erased"


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One changed field in words; an empty value was not set."""

    at: datetime
    login: str
    action: str
    entity: str
    field: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True)
class CustomerAudit(Query[Page[AuditRow]]):
    """The changes of a customer and of what belongs to it, newest first, a page of 50 entries at a time.

    Personal values are hidden without the right to them.
    """

    needs: ClassVar[Permission] = Permission.AUDIT_CUSTOMER
    customer_id: int
    below: str = ""

    def run(self, reader: Reader) -> Page[AuditRow]:
        customer_context(reader, self.customer_id)
        changes = (
            visible(Change, reader.actor)
            .join(CommandLog, CommandLog.id == Change.command_id)
            .outerjoin(PersonalValue, PersonalValue.id == Change.personal_id)
            .where(Change.customer_id == self.customer_id, Change.field != "customer_id")
            .with_only_columns(
                Change.id, Change.entity, Change.field, custom_name(reader.actor), Change.before, Change.after,
                Change.personal_id,
                PersonalValue.before.label("old"), PersonalValue.after.label("new"), PersonalValue.erased_at,
                CommandLog.at, CommandLog.login, CommandLog.name, reason_of(CommandLog),
            )
            .order_by(Change.id.desc())
            .limit(PAGE + 1)
        )  # fmt: skip
        mark = read_mark(self.below)
        if mark is not None:
            changes = changes.where(Change.id < mark.id)
        rows = reader.session.execute(changes).all()
        return _in_words(reader, list(rows))


def _in_words(reader: Reader, rows: list[AnyRow]) -> Page[AuditRow]:
    words = AuditWords(reader, [recorded for row in rows[:PAGE] for recorded in (*_before(row), *_after(row))])
    may_see = reader.actor.may(Permission.PERSONAL_READ)
    shown = page([(Mark(row.at, 0, row.id), row) for row in rows])
    return shown.of(tuple(_row(row, words, may_see=may_see) for row in shown.rows))


def _before(row: AnyRow) -> list[Recorded]:
    return [(row.entity, row.field, value) for value in (row.before, row.old) if value]


def _after(row: AnyRow) -> list[Recorded]:
    """What is not personal, then what is: a record that came whole has both."""
    return [(row.entity, row.field, value) for value in (row.after, row.new) if value]


def _row(row: AnyRow, words: AuditWords, *, may_see: bool) -> AuditRow:
    is_personal = row.personal_id is not None
    if is_personal and row.field != WHOLE_RECORD and not (may_see and row.erased_at is None):
        before = after = ERASED if row.erased_at else HIDDEN
    else:
        before = "; ".join(filter(None, map(words.of, _before(row))))
        after = "; ".join(filter(None, map(words.of, _after(row) if may_see else _after(row)[:1])))
    return AuditRow(
        at=row.at,
        login=row.login,
        action=command_words(row.name),
        entity=ENTITIES[row.entity],
        field=label_of(row),
        before=before,
        after=after,
        reason=row.reason,
    )
