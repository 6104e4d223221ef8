"""Keyset pages: the orders in which customers are listed, and the place in the list where a page begins."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, or_, tuple_

from data_access.base.clock import read_moment
from data_access.base.labelled import Labelled
from data_access.base.money import read_amount
from data_access.base.permissions import Actor, Permission
from data_access.base.text.numerals import whole_number
from data_access.base.text.text_keys import is_storable
from data_access.models.customers import Customer

_BETWEEN = "~"
_NOTHING = "-"  # the place of a row that has no value in the sorted column: at the end


class Sort(Labelled):
    """The orders offered, each answered by an index over the column and the id."""

    NAME = "name", "name"
    NEWEST = "newest", "newest first"
    BALANCE = "balance", "largest balance first"
    OVERDUE = "overdue", "longest overdue first"
    CUSTOMER_ID = "customer_id", "Customer ID"


class Direction(StrEnum):
    """From where a page is counted: the first or last of all, or the nearest to a cursor."""

    FIRST = "first"
    AFTER = "after"
    BEFORE = "before"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Order:
    """A column, whether the largest stands first, and how its value is read back from an address."""

    column: ColumnElement[Any]
    read: Callable[[str], Any]
    is_descending: bool = False


ORDERS: dict[Sort, Order] = {
    Sort.NAME: Order(Customer.name_key.expression, str),
    Sort.NEWEST: Order(Customer.created_at.expression, read_moment, is_descending=True),
    Sort.BALANCE: Order(Customer.balance.expression, read_amount, is_descending=True),
    Sort.OVERDUE: Order(Customer.first_overdue_from.expression, read_moment),
    Sort.CUSTOMER_ID: Order(Customer.customer_code_key.expression, str),
}


def sort_for(actor: Actor, wanted: Sort | None) -> Sort:
    """The order wanted; names by default, Customer IDs for those who see names masked."""
    return wanted or (Sort.NAME if actor.may(Permission.PERSONAL_READ) else Sort.CUSTOMER_ID)


@dataclass(frozen=True, slots=True)
class Cursor:
    """One row's place: the value that is sorted by, None where it has none, and its id."""

    value: Any
    id: int

    def __str__(self) -> str:
        return f"{_written(self.value)}{_BETWEEN}{self.id}"


def _written(value: Any) -> str:
    if value is None:
        return _NOTHING
    if isinstance(value, datetime):
        return value.isoformat()
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def read_cursor(text: str, sort: Sort) -> Cursor:
    """ValueError for what is no place in this order."""
    value, _, key = text.rpartition(_BETWEEN)
    if not is_storable(value):
        raise ValueError("A place in the list has no such characters.")
    at = None if value == _NOTHING and sort is Sort.OVERDUE else ORDERS[sort].read(value)
    return Cursor(at, whole_number(key))


def ordered(query: Select[Any], sort: Sort, *, backwards: bool = False) -> Select[Any]:
    """The query in this order, or in the very opposite one; rows without a value come at the end."""
    order = ORDERS[sort]
    column, key = order.column, Customer.id.expression
    descending = order.is_descending is not backwards
    by = column.desc() if descending else column.asc()
    by_id = key.desc() if descending else key.asc()
    if sort is not Sort.OVERDUE:
        return query.order_by(by, by_id)
    return query.order_by(by.nulls_first() if backwards else by.nulls_last(), by_id)


def beyond(cursor: Cursor, sort: Sort, *, backwards: bool = False) -> ColumnElement[bool]:
    """The rows that stand after a place in this order; `backwards`: before it."""
    order = ORDERS[sort]
    column, key = order.column, Customer.id.expression
    descending = order.is_descending is not backwards
    if cursor.value is None:
        among = and_(column.is_(None), key < cursor.id if descending else key > cursor.id)
        return or_(column.is_not(None), among) if backwards else among
    here, there = tuple_(column, key), tuple_(literal(cursor.value, column.type), literal(cursor.id, key.type))
    later = here < there if descending else here > there  # as a row: an index is entered right there
    return later if backwards or sort is not Sort.OVERDUE else or_(later, column.is_(None))
