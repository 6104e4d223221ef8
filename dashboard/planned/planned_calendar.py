"""The calendar of planned changes: a row for each week with any, the count of each day; a click narrows the list."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from dashboard.kit.formats import counted, number
from dashboard.kit.tables.table import Column, table
from data_access.queries.planned.planned import PlannedChange

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def calendar(rows: Sequence[PlannedChange], today: date) -> date | None:
    """Draws the weeks that hold a change, be it a customer's yesterday; the day that was clicked, if one was."""
    counts = Counter(row.told.on for row in rows)
    mondays = weeks(counts, today)
    columns = [_column(place, counts) for place in range(len(_WEEKDAYS))]
    alt = f"Calendar: {counted(sum(counts.values()), 'change')}, day by day"
    click = table(mondays, columns, key="calendar", alt=alt)
    return None if click is None else click.row + timedelta(days=_WEEKDAYS.index(click.column))


def _column(place: int, counts: Counter[date]) -> Column[date]:
    return Column(_WEEKDAYS[place], lambda monday: _cell(monday + timedelta(days=place), counts), "action")


def weeks(days: Iterable[date], today: date) -> list[date]:
    """The Mondays of the weeks of these days; of today's where there is none."""
    return sorted({day - timedelta(days=day.weekday()) for day in days or (today,)})


def _cell(on: date, counts: Counter[date]) -> str:
    """A day without changes is not to be clicked; its date would be, so it stands blank."""
    return f"{on.day} {on:%b} · {number(counts[on])}" if counts[on] else ""
