"""Time: one clock, handed in; aware UTC at rest; a day is a date in a named zone."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, DateTime, Dialect, TypeDecorator, bindparam

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


def day_in(zone: str, now: datetime) -> date:
    """The calendar day in an IANA zone at an instant."""
    return now.astimezone(ZoneInfo(zone)).date()


def start_of(day: date, zone: str) -> datetime:
    """The instant, in UTC, at which a day begins in an IANA zone."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def days_before(now: datetime, days: int, zone: str) -> datetime:
    """The instant, in UTC, at which it was as late in the day as now, so many calendar days ago in an IANA zone."""
    here = now.astimezone(ZoneInfo(zone))
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
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return value and (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC))


NOW: ColumnElement[datetime] = bindparam("now", type_=UtcDateTime())  # handed in when its statement runs
