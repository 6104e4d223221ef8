"""The columns of declared fields: the label of each, and its value in words."""

from typing import Any

from dashboard.kit.tables.table import Column, Columns, Kind
from data_access.base.money import exact_money
from data_access.fields.field import Field
from data_access.fields.kinds import AMOUNT, INTEGER, PER_CENT
from data_access.fields.section import FieldSection
from data_access.queries.records.records import RecordRow


def field_column(field: Field, width: int | None = None, kind: Kind | None = None) -> Column[Any]:
    """The column in a list of rows that hold the field under its name."""
    return Column(field.label, lambda row: _said(field, row), kind or _stands(field), width)


def record_columns(section: FieldSection, *names: str, opener: bool = False) -> Columns[RecordRow]:
    """The columns of records told in words: those of these fields, or of all. `opener`: the first opens a record."""
    fields = [section[name] for name in names or section.names]
    return tuple(_of_record(field, "opener" if opener and field is fields[0] else _stands(field)) for field in fields)


def _of_record(field: Field, kind: Kind) -> Column[RecordRow]:
    return Column(field.label, lambda row: row.words[field.name], kind)


def _stands(field: Field) -> Kind:
    return "amount" if field.kind in (AMOUNT, INTEGER, PER_CENT) else "text"


def _said(field: Field, row: Any) -> str:
    value = getattr(row, field.name)
    if value is not None and field.in_currency:
        return exact_money(value, getattr(row, field.in_currency))
    return field.said(value)
