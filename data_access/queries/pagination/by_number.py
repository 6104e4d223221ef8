"""Places in a list that runs from the newest to the oldest by a number: pages that stay put while rows are added."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import Row, Select, SQLColumnExpression

from data_access.base.text.numerals import whole_number
from data_access.store.access import Reader

T = TypeVar("T", covariant=True)
R = TypeVar("R")
PAGE = 50


class Towards(StrEnum):
    OLDER = "older"
    NEWER = "newer"


@dataclass(frozen=True, slots=True)
class Place:
    """Below or above a row, which is not itself on the page."""

    towards: Towards
    number: int

    def __str__(self) -> str:
        return f"{self.towards}-{self.number}"


OLDEST = Place(Towards.NEWER, 0)


@dataclass(frozen=True, slots=True)
class Placed(Generic[T]):
    """One page of rows, and the places where its neighbours are; None where there is none."""

    rows: tuple[T, ...]
    newer: Place | None
    older: Place | None

    def as_rows(self, read: Callable[[Any], R]) -> "Placed[R]":
        return Placed(tuple(read(row) for row in self.rows), self.newer, self.older)


def read_place(text: str) -> Place | None:
    """The place in an address; None, which is the top of the list, for a damaged one."""
    towards, _, number = text.partition("-")
    try:
        return Place(Towards(towards), whole_number(number))
    except ValueError:
        return None


def placed(
    reader: Reader, query: Select[*tuple[Any, ...]], number: SQLColumnExpression[Any], place: Place | None
) -> Placed[Row[*tuple[Any, ...]]]:
    """One page at a place."""
    keyed = query.add_columns(number.label("place"))
    if place is None:
        rows, more = _some(reader, keyed.order_by(number.desc()))
        return _between(rows, 0, above=False, below=more)
    if place.towards is Towards.OLDER:
        rows, more = _some(reader, keyed.where(number < place.number).order_by(number.desc()))
        return _between(rows, place.number - 1, above=True, below=more)
    rows, more = _some(reader, keyed.where(number > place.number).order_by(number))
    return _between(rows[::-1], place.number + 1, above=more, below=place.number > 0)


def _some(reader: Reader, query: Select[*tuple[Any, ...]]) -> tuple[list[Row[*tuple[Any, ...]]], bool]:
    """A page, and whether there is more beyond it."""
    found = list(reader.session.execute(query.limit(PAGE + 1)))
    return found[:PAGE], len(found) > PAGE


def _between(
    rows: list[Row[*tuple[Any, ...]]], otherwise: int, *, above: bool, below: bool
) -> Placed[Row[*tuple[Any, ...]]]:
    """The page with its neighbours; an empty one stands where its place pointed."""
    first, last = (rows[0].place, rows[-1].place) if rows else (otherwise, otherwise)
    newer = Place(Towards.NEWER, first) if above else None
    older = Place(Towards.OLDER, last) if below else None
    return Placed(tuple(rows), newer, older)
