"""Pages of lists: the order of a list, the position of a row in it, also in a URL, and the page from there on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, or_, tuple_

from data_access.base.text.text_keys import is_storable
from data_access.store.access import Reader

T = TypeVar("T", covariant=True)
R = TypeVar("R")
_BETWEEN = "~"
NOTHING: Mapping[str, Any] = {}
_NOTHING = "-"  # the place of a row that has no value in the sorted column: at the end


class Direction(StrEnum):
    """From where a page is counted: the first or last of all, or the nearest to a cursor."""

    FIRST = "first"
    AFTER = "after"
    BEFORE = "before"
    LAST = "last"

    @property
    def is_backwards(self) -> bool:
        return self in (Direction.BEFORE, Direction.LAST)


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """The place of a row: what its list is sorted by, its id last; None where it has no value."""

    values: tuple[Any, ...]

    @property
    def is_blank(self) -> bool:
        return self.values[0] is None

    def __str__(self) -> str:
        return _BETWEEN.join(map(_written, self.values))


def _written(value: Any) -> str:
    if value is None:
        return _NOTHING
    if isinstance(value, datetime):
        return value.isoformat()
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def read_cursor(text: str, *readers: Callable[[str], Any]) -> Cursor:
    """ValueError for what is no such place. The first value may hold the sign between them."""
    parts = text.rsplit(_BETWEEN, len(readers) - 1)
    if not is_storable(text) or len(parts) != len(readers):
        raise ValueError("A place in the list has other parts.")
    return Cursor(tuple(read(part) for read, part in zip(readers, parts, strict=True)))


class Key(NamedTuple):
    """What a list is sorted by, and how it is read out of an address."""

    column: Any
    read: Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Order:
    """An order that ends in the id. With `has_blanks`, rows without a first value come at the end."""

    keys: tuple[Key, ...]
    is_descending: bool = False
    has_blanks: bool = False

    @property
    def columns(self) -> tuple[Any, ...]:
        return tuple(key.column for key in self.keys)

    def read(self, text: str) -> Cursor:
        """ValueError for what is no place in this order."""
        first, *others = (key.read for key in self.keys)
        return read_cursor(text, lambda part: None if self.has_blanks and part == _NOTHING else first(part), *others)

    def sorted(self, query: Select[Any], *, backwards: bool = False) -> Select[Any]:
        """The query in this order, or in the very opposite one."""
        falling = self.is_descending is not backwards
        first, *others = (column.desc() if falling else column.asc() for column in self.columns)
        if self.has_blanks:
            first = first.nulls_first() if backwards else first.nulls_last()
        return query.order_by(first, *others)

    def beyond(self, *, is_blank: bool, backwards: bool = False) -> ColumnElement[bool]:
        """The rows that stand after a place in this order; `backwards`: before it. The place is handed in as `known`.

        `is_blank`: it has no first value.
        """
        falling = self.is_descending is not backwards
        first, key = self.columns[0], self.columns[-1]
        asked = [bindparam(name, type_=at.type) for name, at in zip(self._names, self.columns, strict=True)]
        if is_blank:
            among = and_(first.is_(None), key < asked[-1] if falling else key > asked[-1])
            return or_(first.is_not(None), among) if backwards else among
        here, there = tuple_(*self.columns), tuple_(*asked)  # as a row: an index is entered right there
        later = here < there if falling else here > there
        return or_(later, first.is_(None)) if self.has_blanks and not backwards else later

    def known(self, cursor: Cursor | None) -> dict[str, Any]:
        """A place as a statement is handed it."""
        return dict(zip(self._names, cursor.values, strict=True)) if cursor is not None else {}

    @property
    def _names(self) -> list[str]:
        return [f"after_{number}" for number in range(len(self.keys))]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list, and the places of its ends; None on an empty page."""

    rows: tuple[T, ...]
    has_previous: bool = False
    has_next: bool = False
    first: Cursor | None = None
    last: Cursor | None = None

    @property
    def older(self) -> str | None:
        """The place below which a list from the newest to the oldest goes on."""
        return str(self.last) if self.has_next else None

    def of(self, rows: tuple[R, ...]) -> "Page[R]":
        """The same page, its rows as others read them."""
        return Page(rows, self.has_previous, self.has_next, self.first, self.last)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which part of a list is a page. What is asked for it follows from all but the values of its place."""

    order: Order
    direction: Direction
    size: int
    place: Cursor | None = None

    @classmethod
    def of(cls, order: Order, direction: Direction, cursor: str, size: int) -> "Stretch":
        """ValueError for a cursor that is none."""
        is_named = direction in (Direction.AFTER, Direction.BEFORE)
        return cls(order, direction, size, order.read(cursor) if is_named else None)

    @property
    def shape(self) -> "Shape":
        return Shape(self.order, self.direction, self.size, self.place is not None and self.place.is_blank)

    @property
    def known(self) -> dict[str, Any]:
        """What its statement is handed when it runs."""
        return self.order.known(self.place)


class Shape(NamedTuple):
    """What a statement for a page is made by: the same for every place of the list that has a value."""

    order: Order
    direction: Direction
    size: int
    is_blank: bool

    def cut(self, query: Select[*tuple[Any, ...]]) -> Select[Any]:
        """The rows of a query that are on the page, one more, and the place of each."""
        backwards = self.direction.is_backwards
        if self.direction in (Direction.AFTER, Direction.BEFORE):
            query = query.where(self.order.beyond(is_blank=self.is_blank, backwards=backwards))
        places: list[Any] = [column.label(f"place_{number}") for number, column in enumerate(self.order.columns)]
        placed: Select[Any] = query.add_columns(*places)
        return self.order.sorted(placed, backwards=backwards).limit(self.size + 1)


def page_of(
    reader: Reader, query: Select[*tuple[Any, ...]], order: Order, direction: Direction, cursor: str, size: int
) -> Page[Row[*tuple[Any, ...]]]:
    """One page of a query, from a place on or from an end. ValueError for a cursor that is none."""
    stretch = Stretch.of(order, direction, cursor, size)
    return read_page(reader, stretch.shape.cut(query), stretch)


def read_page(
    reader: Reader, cut: Select[Any], stretch: Stretch, known: Mapping[str, Any] = NOTHING
) -> Page[Row[*tuple[Any, ...]]]:
    """The same by a statement that was made for the shape of this stretch, and is handed what else is known."""
    found = reader.session.execute(cut, {**known, **stretch.known, "now": reader.now}).all()
    backwards, named, size = stretch.direction.is_backwards, stretch.place is not None, stretch.size
    rows = tuple(found[:size][::-1] if backwards else found[:size])
    more = len(found) > size
    width = len(stretch.order.keys)
    first, last = (Cursor(tuple(row)[-width:]) for row in (rows[0], rows[-1])) if rows else (None, None)
    return Page(rows, more if backwards else named, named if backwards else more, first, last)
