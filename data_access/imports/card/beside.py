"""Sections and custom fields in a row of a customer: those that differ from the current values."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from data_access.base.permissions import Actor
from data_access.commands.cards.auto_payments import EditAutoPayment
from data_access.commands.customers import beside
from data_access.commands.services.service_configuration import OrderLegalIntercept
from data_access.domain.entered.card_columns import CARD_COLUMNS, CUSTOM, CardColumn, key_of_field
from data_access.domain.entered.custom_fields import Stored, id_of
from data_access.domain.references import REFERRED
from data_access.fields.field import Field, Typed
from data_access.fields.kinds import DAY
from data_access.fields.section import UNSEEN, FieldSection, Names
from data_access.imports.card.names import NamedRecords, named_records, told_in
from data_access.imports.files.cells import read_fields
from data_access.imports.files.days import day_of
from data_access.imports.files.mapping import FieldRule, FileMapping
from data_access.imports.files.reading import FileRow
from data_access.models.card.custom_fields import CustomField, CustomValue
from data_access.models.customers import Customer
from data_access.queries.records.record_names import names_of, referred
from data_access.services.facts.custom_values import OfClass, made_of, of_all_classes
from data_access.services.section_edit import EditBeside
from data_access.store.access import Reader
from data_access.store.bulk import BulkLoad

COMMANDS: Mapping[str, type[EditBeside]] = beside.BESIDE | {
    command.section.name: command for command in (EditAutoPayment, OrderLegalIntercept)
}
OF_OTHERS = tuple(  # refer to another customer, which may stand in the same file
    key for key, column in CARD_COLUMNS.items()
    if column.field.refers_to and REFERRED[column.field.refers_to].model is Customer
)  # fmt: skip
UNIQUE = tuple(  # nobody else may have the same
    key_of_field(command.section, name) for command in COMMANDS.values() for name in command.unique
)
_NO, _NO_FIELDS = "no", made_of(())
_NOT_OF_CLASS = "Customers of this class do not have this field: leave it blank."
_UNDEFINED = "There is no custom field of this name here: define it first."


@dataclass(frozen=True, slots=True)
class Told:
    """A field that becomes different, by its key; `personal`: for those alone who may see such."""

    key: str
    before: str
    after: str
    personal: bool


@dataclass(frozen=True, slots=True)
class ToldBeside:
    """What is to become different beside a customer, each field as one would type it, and what is wrong with it.

    `before`: what stands there, by section; `said`: a field, what it holds and what it is to become, in words.
    """

    sections: Mapping[str, Typed] = field(default_factory=dict)
    custom: Typed = field(default_factory=dict)
    complaints: dict[str, str] = field(default_factory=dict)
    before: dict[str, Typed] = field(default_factory=dict)
    fields: OfClass | None = None
    said: tuple[Told, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.sections or self.custom)


def require_rights(actor: Actor, fields: Iterable[str]) -> None:
    """NotPermitted where a file tells a field that this person could not change in its form."""
    for column in filter(None, map(CARD_COLUMNS.get, fields)):
        actor.require(COMMANDS[column.section.name].needs)
        column.section.require(actor, (column.field.name,))


@dataclass(frozen=True, slots=True)
class CardReader:
    """The part of a file that is about what stands beside customers, with what is known here for one batch."""

    of_sections: Mapping[str, FieldRule]
    of_custom: Mapping[str, FieldRule]
    date_format: str
    names: NamedRecords
    names_here: Names
    unwritten: Mapping[str, Typed]
    standing: Mapping[str, Mapping[int, Typed]]
    customs: Mapping[int, OfClass]
    defined: Collection[str]
    entered: Mapping[int, Typed]

    def told(self, cells: Mapping[str, str], class_id: int, customer_id: int | None) -> ToldBeside:
        """What a row tells beside a customer of this class; `customer_id` None: beside a new one."""
        if not (self.of_sections or self.of_custom or class_id in self.customs):
            return ToldBeside()
        sections, custom = self._sections(cells, customer_id), self._custom(cells, class_id, customer_id)
        return replace(
            custom, sections=sections.sections, before=sections.before | custom.before,
            complaints=sections.complaints | custom.complaints, said=sections.said + custom.said,
        )  # fmt: skip

    def _sections(self, cells: Mapping[str, str], customer_id: int | None) -> ToldBeside:
        texts, complaints = read_fields(cells, self.of_sections)
        told = defaultdict[str, dict[str, str]](dict)
        for key, text in texts.items():
            column = CARD_COLUMNS[key]
            if self._is_silent(self.of_sections[key], column.field, cells):
                continue
            try:
                told[column.section.name][column.field.name] = typed_text(
                    column.field, text, self.names, self.date_format
                )
            except ValueError as wrong:
                complaints[key] = str(wrong)
        different, before = {}, {}
        said: list[Told] = []
        for name, typed in told.items():
            section = COMMANDS[name].section
            stands = self.standing[name].get(customer_id or 0) or self.unwritten[name]
            changes, wrong_ones = _different(section, typed, stands)
            complaints = {key_of_field(section, at): why for at, why in wrong_ones.items()} | complaints
            if changes:
                different[name], before[name] = changes, stands
                said += self._said(section, stands, changes)
        return ToldBeside(different, {}, complaints, before, said=tuple(said))

    def _said(self, section: FieldSection, before: Typed, after: Typed) -> Iterator[Told]:
        for name, text in after.items():
            was, becomes = (self._words(section[name], typed) for typed in (before[name], text))
            yield Told(key_of_field(section, name), was, becomes, section[name].personal)

    def _words(self, told: Field, typed: str) -> str:
        """What was typed in words: a record by its name."""
        if not typed or not told.refers_to:
            return typed
        return self.names.by_id(told.refers_to).get(typed) or self.names_here.get(told.refers_to, {}).get(typed, UNSEEN)

    def _is_silent(self, rule: FieldRule, told: Field, cells: Mapping[str, str]) -> bool:
        """Whether a blank says nothing; where something has to stand it never does."""
        return rule.tells_nothing(cells) or bool(told.needed and not rule.cell(cells))

    def _custom(self, cells: Mapping[str, str], class_id: int, customer_id: int | None) -> ToldBeside:
        """Of a new customer's custom fields the defaults hold that are not told."""
        fields = self.customs.get(class_id, _NO_FIELDS)
        texts, complaints = read_fields(cells, self.of_custom)
        if not texts and not fields.definitions:
            return ToldBeside(complaints=complaints)
        keys = {column.in_files: column.name for column in fields.section}
        told = {}
        for key, text in texts.items():
            if key not in keys:
                complaints |= {key: _NOT_OF_CLASS if key in self.defined else _UNDEFINED} if text else {}
            elif not self.of_custom[key].tells_nothing(cells):
                try:
                    told[keys[key]] = typed_text(fields.section[keys[key]], text, self.names, self.date_format)
                except ValueError as wrong:
                    complaints[key] = str(wrong)
        stands = dict(self.entered.get(customer_id or 0, {})) if customer_id is not None else fields.defaults()
        stands = {name: stands.get(name, "") for name in fields.definitions}
        judged = fields.whole(stands | told) if customer_id is None else fields.section.judged(told)
        complaints = {fields.section[name].in_files: why for name, why in judged.complaints.items()} | complaints
        typed = fields.section.typed(judged.values)
        before = dict.fromkeys(stands, "") if customer_id is None else stands
        changes = {name: text for name, text in typed.items() if text != before[name]}
        said = (
            Told(fields.section[name].in_files, before[name], text, fields.section[name].personal)
            for name, text in changes.items()
        )
        return ToldBeside({}, changes, complaints, {CUSTOM: before}, fields, tuple(said))


def typed_text(told: Field, text: str, names: NamedRecords, date_format: str) -> str:
    """The text of a cell as one would type it into the form. ValueError for a record or a day that is none."""
    if text and told.refers_to:
        return names.typed(told, text)
    if text and told.kind is DAY:
        return day_of(text, date_format).isoformat()
    return "" if told.kind.blank is False and text.lower() == _NO else text


def _different(section: FieldSection, typed: Typed, stands: Typed) -> tuple[dict[str, str], dict[str, str]]:
    """What differs from what stands, as one would type it, and what is wrong with it."""
    changes = {name: text for name, text in typed.items() if text != stands[name]}
    if not changes:
        return {}, {}
    judged = section.judged(section.fitting(changes, stands), beside=stands)
    if judged.complaints:
        return {}, judged.complaints
    read = section.typed({name: judged.values[name] for name in changes})
    return {name: text for name, text in read.items() if text != stands[name]}, {}


def card_of(
    load: BulkLoad, mapping: FileMapping, rows: Sequence[FileRow] = (), customer_ids: Sequence[int] = ()
) -> CardReader:
    """What a batch needs to know: the records that its cells name, and what stands beside the customers here."""
    of_sections = {name: rule for name, rule in mapping.fields.items() if name in CARD_COLUMNS}
    of_custom = {name: rule for name, rule in mapping.fields.items() if name.startswith(f"{CUSTOM}.")}
    columns = [CARD_COLUMNS[name] for name in of_sections]
    referring = [column for column in columns if column.field.refers_to]
    names = named_records(load, ((column.field, told_in(of_sections[column.key], rows)) for column in referring))
    customs, defined = _customs(load, asks=bool(of_custom))
    entered = _entered(load, customs, customer_ids) if of_custom and customer_ids else {}
    standing, here = _standing(load, columns, customer_ids)
    unwritten = {name: COMMANDS[name].section.unwritten() for name in standing}
    return CardReader(
        of_sections, of_custom, mapping.date_format, names, here, unwritten, standing, customs, defined, entered
    )


def _standing(
    load: BulkLoad, columns: Iterable[CardColumn], customer_ids: Sequence[int]
) -> tuple[dict[str, dict[int, dict[str, str]]], Names]:
    """What stands in the sections of these columns, by section and customer, and the names of records in it."""
    found: dict[str, dict[int, dict[str, str]]] = {}
    wanted = defaultdict[str, set[int]](set)
    for section in {column.section.name: column.section for column in columns}.values():
        model: Any = section.model
        mine = load.select(model).where(model.customer_id.in_(customer_ids))
        fields = [getattr(model, name) for name in section.names]
        query = mine.with_only_columns(model.customer_id, *fields)
        rows = load.connection.execute(query).all() if customer_ids else ()
        found[section.name] = {row.customer_id: section.typed(section.values(row)) for row in rows}
        for kind, ids in referred(section, rows).items():
            wanted[kind].update(ids)
    with load.unit_of_work() as work:
        return found, names_of(Reader(work.session, load.actor, load.now), wanted)


def _customs(load: BulkLoad, *, asks: bool) -> tuple[dict[int, OfClass], set[str]]:
    """The custom fields of each class that has some; where a file `asks` for them, the columns of all there are."""
    with load.unit_of_work() as work:
        names = work.select(CustomField).where(CustomField.removed_at.is_(None)).with_only_columns(CustomField.name)
        return of_all_classes(work), {f"{CUSTOM}.{name}" for name in work.session.scalars(names)} if asks else set()


def _entered(load: BulkLoad, customs: Mapping[int, OfClass], customer_ids: Sequence[int]) -> dict[int, dict[str, str]]:
    personal = {id_of(name): one.personal for of in customs.values() for name, one in of.definitions.items()}
    mine = load.select(CustomValue).where(
        CustomValue.customer_id.in_(customer_ids), CustomValue.custom_field_id.in_(personal)
    )
    found = defaultdict[int, dict[str, str]](dict)
    for row in load.connection.execute(mine.with_only_columns(*CustomValue.__table__.columns)):
        column = Stored.of(personal=personal[row.custom_field_id]).value
        found[row.customer_id][f"custom_{row.custom_field_id}"] = getattr(row, column)
    return dict(found)
