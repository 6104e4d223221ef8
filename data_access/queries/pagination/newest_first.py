"""Lists from the newest to the oldest: a page of rows, and the place below which the next page begins."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from data_access.base.clock import read_moment
from data_access.base.text.numerals import whole_number

T = TypeVar("T", covariant=True)
PAGE = 50
LIMIT = 200  # rows of a short list that has no pages


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A place in such a list. The rank tells rows of one instant apart by their kind, the id within the kind."""

    at: datetime
    rank: int
    id: int

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.rank}~{self.id}"


@dataclass(frozen=True, slots=True)
class ListPart(Generic[T]):
    """The first rows of a list or a page of it, and how many there are in all."""

    rows: tuple[T, ...]
    total: int
    page: int = 0


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`older`: the mark of the last row when there are more below it."""

    rows: tuple[T, ...]
    older: str | None


def read_mark(text: str) -> Mark | None:
    """The mark in an address; None, which is the top of the list, for a damaged one."""
    at, _, rest = text.partition("~")
    rank, _, key = rest.partition("~")
    try:
        return Mark(read_moment(at), whole_number(rank), whole_number(key))
    except ValueError:
        return None


def page(rows: list[tuple[Mark, T]]) -> Page[T]:
    """One page out of one row more than a page, newest first."""
    shown = rows[:PAGE]
    more = len(rows) > PAGE
    return Page(tuple(row for _, row in shown), str(shown[-1][0]) if more else None)
