"""Columns as they are stored, read defensively: no stored value can make the verification fail."""

from typing import Any

from sqlalchemy import ColumnElement, Dialect, Integer, String, type_coerce
from sqlalchemy.types import NullType

from data_access.base.text.masking import FreeText


class Unreadable(Exception):
    """A value that the product cannot have written; its text is the name of the column."""


def as_stored(column: Any) -> ColumnElement[Any]:
    """The column without any reading of ours."""
    return type_coerce(column, NullType())


def as_read(column: Any, value: Any, dialect: Dialect) -> Any:
    """A stored value as the product reads it; Unreadable where it cannot."""
    if value is None:
        if not column.nullable:
            raise Unreadable(column.key)
        return None
    if isinstance(column.type, String | FreeText | Integer):
        return value
    reads = column.type.dialect_impl(dialect).result_processor(dialect, None)
    try:
        return reads(value) if reads is not None else value
    except (ValueError, TypeError, ArithmeticError, RecursionError, AttributeError) as wrong:
        raise Unreadable(column.key) from wrong
