"""Time: one clock, passed in; stored as aware UTC; a day is a date in a named zone."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, ClauseElement, ColumnElement, DateTime, Dialect, TypeDecorator, bindparam
from sqlalchemy.sql.visitors import iterate

Clock = Callable[[], datetime]
Instant = datetime | ColumnElement[datetime]


def system_clock() -> datetime:
    """The present instant, in UTC."""
    return datetime.now(UTC)  # noqa: TID251  this is the clock


def read_moment(text: str) -> datetime:
    """An instant as an address holds it, with its zone, in UTC; ValueError for what is none or before any year."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("An instant without a zone is none.")
        return moment.astimezone(UTC)
    except OverflowError as wrong:
        raise ValueError("There is no such year.") from wrong


EARLIEST, LATEST = date(1950, 1, 1), date(2099, 12, 31)  # the days that a desk can mean


def near(day: date, told: str) -> date:
    """The day, if it can be meant; ValueError with a sentence for one that is too far off."""
    if not EARLIEST <= day <= LATEST:
        raise ValueError(f"“{told}” is too far off: days from {EARLIEST.year} to {LATEST.year} are read.")
    return day


@cache
def time_zone(name: str) -> ZoneInfo:
    """The rules of an IANA zone, read once: the library keeps eight, and a list of customers asks for all."""
    return ZoneInfo(name)


def day_in(zone: str, now: datetime) -> date:
    """The calendar day in an IANA zone at an instant."""
    return now.astimezone(time_zone(zone)).date()


def start_of(day: date, zone: str) -> datetime:
    """The instant, in UTC, at which a day begins in an IANA zone."""
    return datetime.combine(day, time.min, time_zone(zone)).astimezone(UTC)


def short_day(day: date) -> str:
    """2 Dec 2026."""
    return f"{day.day} {day:%b %Y}"


def long_day(day: date) -> str:
    """2 December 2026."""
    return f"{day.day} {day:%B %Y}"


def in_words(day: date) -> str:
    """Wednesday, 2 December 2026."""
    return f"{day:%A}, {long_day(day)}"


@dataclass(frozen=True, slots=True)
class Days:
    """The days that may be given, both ends among them, and a sentence for each side that says why no other may."""

    earliest: date | None = None
    latest: date | None = None
    too_early: str = ""
    too_late: str = ""

    def misfit(self, day: date) -> str | None:
        """Why a day is none of them; None if it is one."""
        if self.earliest is not None and day < self.earliest:
            return self.too_early
        return self.too_late if self.latest is not None and day > self.latest else None


def from_day(earliest: date, why: str, latest: date | None = None, why_until: str = "") -> Days:
    """Days from one on, up to another if there is one; `why` begins each sentence, its bound ends it."""
    too_late = f"{why_until}: {in_words(latest)} is the last day that can be chosen." if latest else ""
    return Days(earliest, latest, f"{why}: {in_words(earliest)} is the first day that can be chosen.", too_late)


def time_in_words(now: datetime, zone: str) -> str:
    """The time of the day in an IANA zone: `16:58`."""
    return f"{now.astimezone(time_zone(zone)):%H:%M}"


def short_moment(at: datetime, zone: str) -> str:
    """An instant as the clocks in an IANA zone showed it: `12 Dec 2026, 14:05`; ValueError for one without a zone."""
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be shown in one")
    return f"{short_day(day_in(zone, at))}, {time_in_words(at, zone)}"


def moment_in_words(now: datetime, zone: str) -> str:
    """An instant as the clocks in an IANA zone show it: `16 March 2026 at 09:05`."""
    return f"{long_day(day_in(zone, now))} at {time_in_words(now, zone)}"


def days_before(now: datetime, days: int, zone: str) -> datetime:
    """The instant, in UTC, at which it was as late in the day as now, so many calendar days ago in an IANA zone."""
    here = now.astimezone(time_zone(zone))
    return (here - timedelta(days=days)).astimezone(UTC)  # clocks may have been moved in between: no 24 hours each


def overdue_from(due_on: date, zone: str) -> datetime:
    """The instant from which an unpaid invoice is late: its due day has ended where the customer is billed."""
    return start_of(due_on + timedelta(days=1), zone)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant: TIMESTAMPTZ, or UTC text where the database has no zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Raises TypeError for a naive datetime."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("a naive datetime cannot be stored")
        return value if value.tzinfo is UTC else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


NOW: ColumnElement[datetime] = bindparam("now", type_=UtcDateTime())  # handed in when its statement runs


def quarter_of(now: datetime) -> datetime:
    """When the quarter of an hour began: no zone changes its clocks or its day within one."""
    return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)


class Present(BindParameter[datetime]):
    """`NOW` in a quarter of an hour, so that what follows from its day holds for each instant in it.

    One that lies before it or after is handed in under a name of its own (`shifts_in`).
    """

    inherit_cache = True

    def __init__(self, quarter: datetime, shift: timedelta = timedelta()) -> None:
        super().__init__(f"now {shift}" if shift else "now", type_=UtcDateTime())
        self.quarter, self.shift = quarter, shift

    def __add__(self, other: Any) -> Any:
        return Present(self.quarter, self.shift + other)

    def __sub__(self, other: Any) -> Any:
        return Present(self.quarter, self.shift - other)


@lru_cache(maxsize=8)
def present(quarter: datetime) -> Present:
    """The same one for all that is made in it."""
    return Present(quarter)


def shifts_in(statement: ClauseElement) -> dict[str, timedelta]:
    """The instants beside now that a statement asks for, by their names: how far they are from it."""
    asked = (each for each in iterate(statement) if isinstance(each, Present))
    return {each.key: each.shift for each in asked if each.shift}
