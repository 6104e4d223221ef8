"""Records that the cells of a batch name: found by their names, at once for all rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from data_access.base.text.text_keys import is_same_code
from data_access.domain.references import REFERRED
from data_access.fields.field import Field
from data_access.imports.files.cells import read_fields
from data_access.imports.files.mapping import FieldRule
from data_access.imports.files.reading import FileRow
from data_access.services.records.offered_records import offered
from data_access.store.bulk import BulkLoad


@dataclass(frozen=True, slots=True)
class NamedRecords:
    """By what a field refers to: the folded name of each record that can be chosen, with its id and its name."""

    known: Mapping[str, Mapping[str, tuple[int, str]]]

    def by_id(self, kind: str) -> dict[str, str]:
        """The names of the records of a kind, by the id of each as one would type it."""
        return {f"{key}": name for key, name in self.known.get(kind, {}).values()}

    def typed(self, field: Field, name: str) -> str:
        """The id of a record as one would type it; ValueError where none is called so."""
        key, called = self.known[field.refers_to].get(REFERRED[field.refers_to].key_of(name), (0, ""))
        if not called:
            raise ValueError(f"There is no {_noun(field)} “{name[:60]}” that could be chosen.")
        if not is_same_code(name, called):
            raise ValueError(f"There is no {_noun(field)} “{name[:60]}”; one is called “{called}”.")
        return str(key)


def _noun(field: Field) -> str:
    """What the field is about, as a noun within a sentence."""
    return field.label if field.label[1:2].isupper() else f"{field.label[0].lower()}{field.label[1:]}"


def told_in(rule: FieldRule, rows: Iterable[FileRow]) -> set[str]:
    """What the rows say in a column."""
    return {text for row in rows for text in read_fields(row.cells, {"": rule})[0].values()}


def named_records(load: BulkLoad, told: Iterable[tuple[Field, Iterable[str]]]) -> NamedRecords:
    """The records that these fields refer to by these names, in one look a kind."""
    wanted = defaultdict[str, set[str]](set)
    for field, names in told:
        wanted[field.refers_to].update(REFERRED[field.refers_to].key_of(name) for name in names if name)
    return NamedRecords({kind: _found(load, kind, keys) if keys else {} for kind, keys in wanted.items()})


def _found(load: BulkLoad, kind: str, keys: set[str]) -> dict[str, tuple[int, str]]:
    referred = REFERRED[kind]
    columns = (referred.key.label("key"), referred.model.id.label("id"), referred.called.label("name"))
    query = offered(load.actor, referred).where(referred.key.in_(keys)).with_only_columns(*columns)
    return {row.key: (row.id, row.name) for row in load.connection.execute(query)}
