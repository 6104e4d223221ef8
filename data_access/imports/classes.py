"""Importing customer classes with their terms: new ones are added, existing ones are compared and left alone."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from data_access.base.errors import Invalid
from data_access.base.permissions import Permission as P
from data_access.base.text.text_keys import fold, is_same_code
from data_access.commands.classes.classes import unfit_class
from data_access.domain.collections.policy import Policy
from data_access.domain.collections.terms import read_policy, typed
from data_access.domain.sections import CUSTOMER_CLASS
from data_access.fields.field import Field
from data_access.fields.section import Names
from data_access.imports.batches import Run, run_batches
from data_access.imports.card.names import NamedRecords, named_records, told_in
from data_access.imports.files.cells import read_fields
from data_access.imports.files.first_rows import Seen
from data_access.imports.files.mapping import FileMapping
from data_access.imports.files.mapping_file import read_mapping
from data_access.imports.files.reading import FileRow
from data_access.imports.report import Remark, Report
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.collection import CollectionPolicy, Section
from data_access.queries.classes.class_terms import CLASS_COLUMNS, CLASS_FIELDS, TERMS, in_file
from data_access.queries.records.record_names import names_of, referred
from data_access.store.access import Reader
from data_access.store.bulk import BulkLoad

NEEDS = (P.IMPORT_RUN, P.CLASS_EDIT)
Values = dict[str, Any]
_WITH_A_DEFAULT = {column.key for column in CustomerClass.__table__.columns if column.default is not None}
_IMPORTED = "Imported"  # the business model where a file tells none


@dataclass(frozen=True, slots=True)
class ImportedClass:
    """A class as a row tells it: its parameters and its terms."""

    parameters: Values
    policies: dict[Section, Policy]

    def typed(self, names: Names) -> dict[str, str]:
        """Each field as one would type it, records by their names."""
        terms = {name: typed(getattr(self.policies[section], field)) for name, (section, field) in TERMS.items()}
        return in_file(self.parameters, names) | terms


def class_mapping(path: Path) -> FileMapping:
    """The mapping of a file of customer classes."""
    return read_mapping(path, CLASS_COLUMNS, required=("name",), labels={name: name for name in CLASS_COLUMNS})


def import_classes(run: Run) -> Report:
    """What was done with each row. NotPermitted without the rights to all that an import does."""
    for permission in NEEDS:
        run.actor.require(permission)
    return run_batches(run, ClassFile)


@dataclass(frozen=True, slots=True)
class ClassFile:
    """A file in which a row is a customer class."""

    mapping: FileMapping

    def key(self, line: FileRow) -> Hashable:
        return fold(self.mapping.fields["name"].cell(line.cells)) or None

    def repeats(self, _line: FileRow, first: Seen) -> str:
        return f"Line {first.number} already names this class, or one that is spelt alike."

    def passes_over(self, line: FileRow) -> None:
        """No row has anything that a later one must not have, but its name."""

    def apply(self, load: BulkLoad, rows: list[FileRow], report: Report) -> None:
        known = named_records(load, self._references(rows))
        here, names = _here(load, known)
        for line in rows:
            imported, complaints = self._imported(load, line, known)
            standing = here.get(fold(imported.parameters["name"])) if imported else None
            if imported is None:
                report.refuse(line.number, complaints)
            elif standing is None:
                _add(load, imported)
                report.created += 1
            elif not is_same_code(imported.parameters["name"], standing["name"]):
                reason = f"A class is called “{standing['name']}”, which is spelt alike: use that name, or another."
                report.refuse(line.number, {"name": reason})
            else:
                differs = _differences(line.number, imported.typed(names), standing)
                report.differences.extend(differs)
                report.unchanged += not differs

    def _references(self, rows: list[FileRow]) -> Iterator[tuple[Field, Iterable[str]]]:
        for name, field in CLASS_FIELDS.items():
            if field.refers_to and name in self.mapping.fields:
                yield field, told_in(self.mapping.fields[name], rows)

    def _imported(
        self, load: BulkLoad, line: FileRow, known: NamedRecords
    ) -> tuple[ImportedClass | None, dict[str, str]]:
        """The class of a row, or None and every complaint. What the row does not tell is as in a new class."""
        texts, complaints = read_fields(line.cells, self.mapping.fields)
        silent = {name for name, rule in self.mapping.fields.items() if rule.tells_nothing(line.cells)}
        texts = {name: text for name, text in texts.items() if name not in silent}
        parameters, wrong = _parameters(load, texts, known)
        complaints = wrong | complaints
        policies = {section: Policy() for section in Section}
        for section in Section:
            own = {field: texts[name] for name, (of, field) in TERMS.items() if of is section and name in texts}
            try:
                policies[section] = read_policy(own, Policy())
            except Invalid as refused:
                complaints |= {f"{section.value}_{name}": reason for name, reason in refused.complaints.items()}
        return (None, complaints) if complaints else (ImportedClass(parameters, policies), {})


def _parameters(load: BulkLoad, texts: dict[str, str], known: NamedRecords) -> tuple[Values, dict[str, str]]:
    """What could be read of a class, by field, and every complaint, by column: as the form of a class is judged."""
    typed: dict[str, str] = {}
    complaints: dict[str, str] = {}
    for name, field in CLASS_FIELDS.items():
        if name in texts and not _is_as_usual(field, texts[name]):
            try:
                typed[field.name] = known.typed(field, texts[name]) if field.refers_to and texts[name] else texts[name]
            except ValueError as wrong:
                complaints[name] = str(wrong)
    judged = CUSTOMER_CLASS.judged({"name": "", **typed, "business_model": typed.get("business_model") or _IMPORTED})
    whole = CUSTOMER_CLASS.values(CUSTOMER_CLASS.new()) | judged.values
    with load.unit_of_work() as work:
        unfit = unfit_class(work, whole, judged.values, judged.values.get("currency"))
    wrong_ones = unfit | judged.complaints
    return judged.values, {CUSTOMER_CLASS[name].in_files: why for name, why in wrong_ones.items()} | complaints


def _is_as_usual(field: Field, text: str) -> bool:
    """Whether it is blank where a class has to have something: as in a new class then."""
    return not text.strip() and bool(field.needed) and field.name in _WITH_A_DEFAULT


def _here(load: BulkLoad, known: NamedRecords) -> tuple[dict[str, dict[str, str]], Names]:
    """The classes that are here, by folded name: each field as one would type it; and the names of their records."""
    policy, of_class = CollectionPolicy.__table__.columns, CustomerClass.__table__.columns
    held = load.select(CollectionPolicy).where(CollectionPolicy.in_force(load.now)).with_only_columns(*policy)
    standing = {(row.customer_class_id, row.section): row for row in load.connection.execute(held)}
    standing_ones = load.select(CustomerClass).where(CustomerClass.removed_at.is_(None))
    query = standing_ones.with_only_columns(*of_class).order_by(CustomerClass.id)
    rows = load.connection.execute(query).all()
    with load.unit_of_work() as work:
        named = names_of(Reader(work.session, load.actor, load.now), referred(CUSTOMER_CLASS, rows))
    names = {kind: {**named.get(kind, {}), **known.by_id(kind)} for kind in {*named, *known.known}}
    here = {
        row.name_key: in_file(CUSTOMER_CLASS.values(row), names)
        | {name: typed(getattr(standing[row.id, section], field)) for name, (section, field) in TERMS.items()}
        for row in rows
    }
    return here, names


def _differences(line: int, imported: dict[str, str], standing: dict[str, str]) -> list[Remark]:
    return [
        Remark(line, name, f"The file says {text or 'blank'}, here it is {standing[name] or 'blank'}.")
        for name, text in imported.items()
        if text != standing[name]
    ]


def _add(load: BulkLoad, imported: ImportedClass) -> None:
    row: Values = imported.parameters | {"name_key": fold(imported.parameters["name"])}
    load.insert(CustomerClass, [row])
    own = {
        "customer_class_id": row["id"], "number": 1, "command_id": load.order.command_id, "at": load.now,
        "login": load.actor.login,
    }  # fmt: skip
    load.insert(
        CollectionPolicy, [own | asdict(imported.policies[section]) | {"section": section} for section in Section]
    )
