"""Names of the records that fields refer to: to choose from, and to say a stored reference in words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import String, cast

from data_access.base.permissions import Permission
from data_access.domain.references import REFERRED
from data_access.domain.sections import SECTIONS
from data_access.fields.section import FieldSection, Names
from data_access.services.facts.together import apart, together
from data_access.services.records.offered_records import offered
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_MOST = 1000


@dataclass(frozen=True)
class RecordNames(Query[Names]):
    """The records that the fields of sections refer to, each id with its name, by name and by their list.

    Those that were removed are left out.
    """

    needs: ClassVar = Permission.CUSTOMER_READ

    section: str
    more: tuple[str, ...] = ()

    def run(self, reader: Reader) -> Names:
        fields = [field for name in (self.section, *self.more) for field in SECTIONS[name]]
        asked = {field.refers_to for field in fields if field.refers_to in REFERRED}
        return _read(reader, dict.fromkeys(sorted(asked)))


def referred(section: FieldSection, rows: Iterable[Any], of_class: Any = None) -> dict[str, set[int]]:
    """The records that these rows refer to, by their list; those that their class gives too."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for field in section:
        if field.refers_to:
            given = getattr(of_class, field.inherits) if field.inherits and of_class is not None else None
            ids = (given, *(getattr(row, field.name) for row in rows))
            found[field.refers_to].update(one for one in ids if one is not None)
    return found


def names_of(reader: Reader, wanted: Mapping[str, Iterable[int]]) -> Names:
    """The names of these records alone, by their list; removed ones too."""
    known = {name: frozenset(ids) for name, ids in wanted.items() if name in REFERRED}
    return _read(reader, {name: ids for name, ids in known.items() if ids})


def _read(reader: Reader, wanted: Mapping[str, Iterable[int] | None]) -> Names:
    if not wanted:
        return {}
    found = apart(reader.session.execute(together({name: _select(reader, name, ids) for name, ids in wanted.items()})))
    rows = {name: sorted(found[name], key=lambda row: (row.name.casefold(), row.id)) for name in wanted}
    return {name: {str(row.id): row.name for row in kept} for name, kept in rows.items()}


def _select(reader: Reader, name: str, ids: Iterable[int] | None) -> Any:
    referred = REFERRED[name]
    model, columns = referred.model, (referred.model.id.label("id"), cast(referred.called, String).label("name"))
    if ids is not None:
        return visible(model, reader.actor).with_only_columns(*columns).where(model.id.in_(ids))
    choices = offered(reader.actor, referred).with_only_columns(*columns)
    return choices.order_by(referred.called, model.id).limit(_MOST)
