"""The calendar of the company: which days are worked, and the next one that is."""

from collections.abc import Set
from datetime import date, timedelta

_SATURDAY = 5


def is_working(day: date, holidays: Set[date]) -> bool:
    return day.weekday() < _SATURDAY and day not in holidays


def working_day_from(day: date, holidays: Set[date]) -> date:
    """The day itself if it is worked, else the next one that is."""
    while not is_working(day, holidays):
        day += timedelta(days=1)
    return day
