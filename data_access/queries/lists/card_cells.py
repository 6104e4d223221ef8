"""Sections and custom fields of customers as cells of a file."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal

from data_access.base.permissions import Actor
from data_access.base.text.sheets import Cell
from data_access.domain.entered.card_columns import CARD, CUSTOM, CardColumn, columns_of
from data_access.domain.entered.custom_fields import Stored, field_of
from data_access.domain.references import REFERRED
from data_access.fields.field import Field, Value
from data_access.fields.kinds import YES
from data_access.fields.section import FieldSection, Names
from data_access.models.card.custom_fields import CustomField, CustomValue
from data_access.queries.lists.customers import AnyRow
from data_access.queries.records.record_names import names_of
from data_access.store.access import Reader
from data_access.store.scope import visible

Found = dict[int, dict[str, Cell]]
NO = "no"


def seen_columns(actor: Actor) -> Iterable[CardColumn]:
    """Those of the sections that the actor may see."""
    return (column for section in CARD if actor.may(section.sees) for column in columns_of(section))


def custom_definitions(reader: Reader) -> dict[str, CustomField]:
    """The custom fields that were not removed, by the key of their column."""
    standing = visible(CustomField, reader.actor).where(CustomField.removed_at.is_(None))
    rows = reader.session.scalars(standing.order_by(CustomField.name_key, CustomField.id))
    return {f"{CUSTOM}.{row.name}": row for row in rows}


def cells_beside(reader: Reader, customer_ids: Sequence[int], keys: Sequence[str]) -> Found:
    """By customer the cells of these columns; where nobody has written anything, what a new record holds."""
    wanted = set(keys)
    found: Found = {key: {} for key in customer_ids}
    for section in CARD:
        columns = [column for column in columns_of(section) if column.key in wanted]
        if columns:
            _add_section(reader, found, section, columns)
    if any(key.startswith(f"{CUSTOM}.") for key in keys):
        _add_custom(reader, found, wanted)
    return found


def _add_section(reader: Reader, found: Found, section: FieldSection, columns: Sequence[CardColumn]) -> None:
    model, fields = section.model, [column.field for column in columns]
    mine = visible(model, reader.actor).where(model.customer_id.in_(found))
    asked = [getattr(model, field.name) for field in fields]
    rows = reader.session.execute(mine.with_only_columns(model.customer_id, *asked)).all()
    names = names_of(reader, referred_by(fields, rows))
    blank = section.new()
    unwritten = {column.key: cell_of(column.field, getattr(blank, column.field.name)) for column in columns}
    for cells in found.values():
        cells.update(unwritten)
    for row in rows:
        found[row.customer_id].update(
            (column.key, cell_of(column.field, value, names)) for column, value in zip(columns, row[1:], strict=True)
        )


def _add_custom(reader: Reader, found: Found, wanted: Collection[str]) -> None:
    fields = {row.id: (key, field_of(row)) for key, row in custom_definitions(reader).items() if key in wanted}
    mine = visible(CustomValue, reader.actor).where(
        CustomValue.customer_id.in_(found), CustomValue.custom_field_id.in_(fields)
    )
    columns = (CustomValue.customer_id, CustomValue.custom_field_id, CustomValue.value, CustomValue.personal_value)
    for row in reader.session.execute(mine.with_only_columns(*columns)):
        key, field = fields[row.custom_field_id]
        found[row.customer_id][key] = _as_it_is(field, getattr(row, Stored.of(personal=field.personal).value))


def referred_by(fields: Iterable[Field], rows: Iterable[AnyRow]) -> dict[str, set[int]]:
    """The records that these rows refer to, by their list."""
    ids = defaultdict[str, set[int]](set)
    told = [field for field in fields if field.refers_to in REFERRED]
    for row in rows if told else ():
        for field in told:
            if (value := getattr(row, field.name)) is not None:
                ids[field.refers_to].add(value)
    return ids


def cell_of(field: Field, value: Value, names: Names | None = None) -> Cell:
    """A value as a file holds it: a record by its name, a word where a box is not ticked, figures and days as such."""
    if value is None:
        return None
    if value is False:
        return NO
    if value is True:
        return YES
    if field.refers_to:
        return (names or {}).get(field.refers_to, {}).get(str(value))
    if type(value) in (Decimal, int, date):
        told: Cell = value
        return told
    return field.typed(value)


def _as_it_is(field: Field, text: str) -> Cell:
    """A stored text as its value is, where it can still be read."""
    try:
        return cell_of(field, field.kind.read(text, field)) if text else None
    except ValueError:  # a choice that is offered no more
        return text
