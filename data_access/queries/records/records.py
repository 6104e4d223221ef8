"""Independent records, such as plans and profiles: the list of a kind, searched, with what uses each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from sqlalchemy import or_

from data_access.base.permissions import Permission
from data_access.domain.sections import SECTIONS
from data_access.fields.section import FieldSection
from data_access.queries.records.record_names import names_of, referred
from data_access.search.text_match import Match, loosely
from data_access.services.records.record_users import in_words, users_by_record
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

MOST = 200


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A record: each field in words, masked without the right, and as one would type it; what uses it, in words."""

    record_id: int
    version: int
    words: Mapping[str, str]
    shown: Mapping[str, str]
    used_by: str = ""


@dataclass(frozen=True, slots=True)
class RecordList:
    """Records of a kind; `more`: there are others, which a narrower search finds."""

    rows: tuple[RecordRow, ...]
    more: bool


@dataclass(frozen=True)
class Records(Query[RecordList]):
    """The records of a section by their first field, those that hold a text; `only`: this one alone."""

    needs: ClassVar = Permission.CLASS_READ

    section: str
    text: str = ""
    only: int | None = field(default=None, kw_only=True)

    def run(self, reader: Reader) -> RecordList:
        section = SECTIONS[self.section]
        reader.actor.require(section.sees)
        model = section.model
        first = f"{section.fields[0].name}_key"
        query = visible(model, reader.actor).where(model.removed_at.is_(None))
        if self.only is not None:
            query = query.where(model.id == self.only)
        if self.text.strip():
            texts = (getattr(model, one.name) for one in section if one.is_text)
            query = query.where(or_(*(loosely(column, Match.CONTAINS, self.text) for column in texts)))
        order = getattr(model, first, getattr(model, section.fields[0].name))
        found = reader.session.scalars(query.order_by(order, model.id).limit(MOST + 1)).all()
        return RecordList(rows_of(reader, section, found[:MOST], counts_users=True), len(found) > MOST)


def rows_of(
    reader: Reader, section: FieldSection, rows: Sequence[Any], of_class: Any = None, *, counts_users: bool = False
) -> tuple[RecordRow, ...]:
    """Rows of a section as they are told. What they refer to, and what uses them, is asked once for all of them."""
    names = names_of(reader, referred(section, rows, of_class))
    ids = [row.id for row in rows] if counts_users else []
    users = users_by_record(reader.session, reader.actor, section.model, ids)
    return tuple(
        RecordRow(
            row.id,
            row.version,
            section.words(row, reader.actor, of_class, names),
            section.shown(row, reader.actor),
            in_words(users.get(row.id, {})),
        )
        for row in rows
    )
