"""Lists from the newest to the oldest: the place of a row of one of several kinds, and a page below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar

from data_access.base.clock import read_moment
from data_access.base.text.numerals import whole_number
from data_access.queries.pagination.pages import Cursor, Page, read_cursor

T = TypeVar("T", covariant=True)
PAGE = 50
LIMIT = 200  # rows of a short list that has no pages


class Mark(NamedTuple):
    """A place in such a list. The rank tells rows of one instant apart by their kind, the id within the kind."""

    at: datetime
    rank: int
    id: int

    def __str__(self) -> str:
        return str(Cursor(tuple(self)))


@dataclass(frozen=True, slots=True)
class ListPart(Generic[T]):
    """The first rows of a list or a page of it, and how many there are in all."""

    rows: tuple[T, ...]
    total: int
    page: int = 0


def read_mark(text: str) -> Mark | None:
    """The mark in an address; None, which is the top of the list, for a damaged one."""
    try:
        return Mark(*read_cursor(text, read_moment, whole_number, whole_number).values)
    except ValueError:
        return None


def page(rows: Sequence[tuple[tuple[Any, ...], T]]) -> Page[T]:
    """One page out of one row more than a page, newest first."""
    shown = rows[:PAGE]
    last = Cursor(tuple(shown[-1][0])) if shown else None
    return Page(tuple(row for _, row in shown), has_next=len(rows) > PAGE, last=last)
