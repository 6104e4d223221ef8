"""The calendar of planned changes: whatever the reader's day, every row stands in a week."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dashboard.planned.planned_calendar import weeks

MONDAY = date(2026, 11, 30)
near = st.integers(-3, 400).map(lambda days: MONDAY + timedelta(days=days))


def test_a_customers_sunday_stands_beside_the_readers_monday() -> None:
    assert weeks([MONDAY - timedelta(days=1), MONDAY], MONDAY) == [MONDAY - timedelta(days=7), MONDAY]


def test_where_nothing_is_ahead_stands_the_week_of_today() -> None:
    assert weeks([], MONDAY + timedelta(days=6)) == [MONDAY]


@given(st.lists(near), near)
def test_every_day_stands_in_exactly_one_week(days: list[date], today: date) -> None:
    mondays = weeks(days, today)
    assert all(sum(monday <= day < monday + timedelta(days=7) for monday in mondays) == 1 for day in days)
    assert mondays == sorted(mondays)
