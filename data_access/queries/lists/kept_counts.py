"""Counting by kept counts: the same conditions, asked of groups of customers instead of each one."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, inspect
from sqlalchemy.sql.visitors import replacement_traverse

from data_access.models.counts import CustomerCount
from data_access.models.customers import Customer

_CUSTOMERS, _COUNTS = inspect(Customer).local_table, inspect(CustomerCount).local_table
_KEPT = {column.key for column in _COUNTS.columns} - {"id"}


class _NotKept(Exception):
    """A condition asks for a column that customers are not counted by."""


def asked_of_counts(where: Sequence[ColumnElement[bool]]) -> list[ColumnElement[bool]] | None:
    """These conditions about customers as conditions about their counts; None where counts cannot answer them."""
    try:
        return [replacement_traverse(condition, {}, _instead) for condition in where]
    except _NotKept:
        return None


def _instead(element: Any, **_: Any) -> Any:
    if element is _CUSTOMERS:
        return _COUNTS
    if not isinstance(element, Column) or element.table is not _CUSTOMERS:
        return None
    if element.key not in _KEPT:
        raise _NotKept
    return _COUNTS.c[element.key]
