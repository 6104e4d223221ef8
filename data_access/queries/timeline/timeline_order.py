"""The order of a timeline: by time, at one instant by cause, and the position of a line in it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, or_

from data_access.base.clock import read_moment
from data_access.base.permissions import Actor
from data_access.base.text.numerals import whole_number
from data_access.models.base import Record
from data_access.models.history import Change, CommandLog
from data_access.queries.pagination.newest_first import PAGE
from data_access.queries.pagination.pages import Cursor, read_cursor
from data_access.store.scope import visible

T = TypeVar("T")
Asked = Select[*tuple[Any, ...]]
_number = func.coalesce(CommandLog.number, 0)
MADE: tuple[Any, ...] = (_number.label("command"), CommandLog.applied_at)  # which command wrote a line, and when


class TimelinePlace(NamedTuple):
    """Where a line stands: at one instant by its command, of one command by the rank of its kind."""

    at: datetime
    command: int
    rank: int
    id: int

    def __str__(self) -> str:
        return str(Cursor(tuple(self)))


def read_timeline_place(text: str) -> TimelinePlace | None:
    """The place in an address; None, which is the top of the list, for a damaged one."""
    try:
        return TimelinePlace(*read_cursor(text, read_moment, whole_number, whole_number, whole_number).values)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class PageStart:
    """Below which place the lines of a kind are wanted; None: from the top. `zone`: where the customer is billed."""

    mark: TimelinePlace | None
    rank: int
    zone: str

    def below(self, at: Any, key: Any, number: Any = _number) -> list[ColumnElement[bool]]:
        """What lies below the place, for rows of this rank; `number`: of the command that wrote each."""
        mark = self.mark
        if mark is None:
            return []
        return [or_(at < mark.at, and_(at == mark.at, self.caused_before(mark, key, number)))]

    def caused_before(self, mark: TimelinePlace, key: Any, number: Any = _number) -> ColumnElement[bool]:
        """What lies below the place among the rows of its instant."""
        older: ColumnElement[bool] = number < mark.command
        if self.rank > mark.rank:
            return older
        same = number == mark.command
        return or_(older, and_(same, key < mark.id) if self.rank == mark.rank else same)


def newest(asked: Asked, at: Any, key: Any, start: PageStart) -> Asked:
    """Of a customer's rows those of one page, and one more; the command of each is joined already."""
    return asked.where(*start.below(at, key)).order_by(at.desc(), key.desc()).limit(PAGE + 1)


def with_commands(actor: Actor, record: type[Record], page: Asked) -> Asked:
    """The records of a page, which holds their ids, each with the command that added it: looked up for these alone."""
    those = visible(record, actor).where(record.id.in_(page))
    return those.outerjoin(CommandLog, CommandLog.id == _written_by(actor, record))


def number_of(actor: Actor, record: type[Record]) -> ScalarSelect[int]:
    """The number of the command that added a record."""
    log = visible(CommandLog, actor).where(CommandLog.id == _written_by(actor, record))
    return log.with_only_columns(_number).scalar_subquery()


def _written_by(actor: Actor, record: type[Record]) -> ScalarSelect[str]:
    """The audit knows."""
    first = visible(Change, actor).where(Change.entity == record.__name__, Change.entity_id == record.id)
    return first.with_only_columns(Change.command_id).order_by(Change.id).limit(1).correlate(record).scalar_subquery()


def as_caused(lines: Sequence[tuple[TimelinePlace, datetime | None, T]]) -> tuple[T, ...]:
    """The lines of a page, the last caused first, also where the clock was set back between two commands.

    Each comes with the instant of its command: a line of that very instant is moved, one that is dated otherwise stays.
    """
    reached = _reached((place for place, made_at, _ in lines if place.at == made_at))
    placed = [
        (place._replace(at=reached[place.command]) if place.at == made_at else place, line)
        for place, made_at, line in lines
    ]
    return tuple(line for _, line in sorted(placed, key=lambda one: one[0], reverse=True))


def _reached(places: Iterable[TimelinePlace]) -> dict[int, datetime]:
    """The latest instant by each command: its own, or that of one before it."""
    reached: dict[int, datetime] = {}
    latest: datetime | None = None
    for place in sorted(places, key=lambda one: one.command):
        latest = place.at if latest is None else max(latest, place.at)
        reached[place.command] = latest
    return reached
