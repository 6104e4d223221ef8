"""The column of a declared field: its label, and its value in words."""

from typing import Any

from dashboard.kit.tables.table import Column, Kind
from data_access.base.money import exact_money
from data_access.fields.field import Field
from data_access.fields.kinds import AMOUNT, INTEGER, PER_CENT


def field_column(field: Field, width: int | None = None, kind: Kind | None = None) -> Column[Any]:
    """The column in a list of rows that hold the field under its name."""
    stands = kind or ("amount" if field.kind in (AMOUNT, INTEGER, PER_CENT) else "text")
    return Column(field.label, lambda row: _said(field, row), stands, width)


def _said(field: Field, row: Any) -> str:
    value = getattr(row, field.name)
    if value is not None and field.in_currency:
        return exact_money(value, getattr(row, field.in_currency))
    return field.said(value)
