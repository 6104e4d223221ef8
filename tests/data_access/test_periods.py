"""Billing periods by kind: the days they have, and that no day is left out or counted twice."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access.domain.billing.periods import Period, closes_at, measure, next_period, period_from, period_of
from data_access.models.customers import BillingPeriod

CREATED = date(2026, 1, 15)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("kind", "day", "first", "last"),
    [
        (BillingPeriod.DAILY, date(2026, 3, 18), date(2026, 3, 18), date(2026, 3, 18)),
        (BillingPeriod.WEEKLY, date(2026, 3, 18), date(2026, 3, 16), date(2026, 3, 22)),
        (BillingPeriod.WEEKLY, date(2026, 3, 22), date(2026, 3, 16), date(2026, 3, 22)),
        (BillingPeriod.SEMIMONTHLY, date(2026, 2, 15), date(2026, 2, 1), date(2026, 2, 15)),
        (BillingPeriod.SEMIMONTHLY, date(2026, 2, 16), date(2026, 2, 16), date(2026, 2, 28)),
        (BillingPeriod.MONTHLY, date(2028, 2, 10), date(2028, 2, 1), date(2028, 2, 29)),
        (BillingPeriod.ANNIVERSARY, date(2026, 3, 14), date(2026, 2, 15), date(2026, 3, 14)),
        (BillingPeriod.ANNIVERSARY, date(2026, 12, 20), date(2026, 12, 15), date(2027, 1, 14)),
        (BillingPeriod.THIRTY_DAYS, date(2026, 2, 13), date(2026, 1, 15), date(2026, 2, 13)),
        (BillingPeriod.THIRTY_DAYS, date(2026, 2, 14), date(2026, 2, 14), date(2026, 3, 15)),
    ],
)
def test_a_day_falls_into_its_period(kind: BillingPeriod, day: date, first: date, last: date) -> None:
    assert period_of(kind, day, CREATED) == Period(first, last)


@pytest.mark.parametrize("day", [29, 30, 31])
def test_who_came_at_the_end_of_a_month_has_anniversaries_on_the_28th(day: int) -> None:
    created = date(2026, 1, day)
    first = period_from(BillingPeriod.ANNIVERSARY, created, created)
    second = next_period(BillingPeriod.ANNIVERSARY, first, created)
    assert first == Period(created, date(2026, 2, 27))
    assert second == Period(date(2026, 2, 28), date(2026, 3, 27))


def test_the_first_month_is_short() -> None:
    assert period_from(BillingPeriod.MONTHLY, CREATED, CREATED) == Period(CREATED, date(2026, 1, 31))


def test_another_kind_begins_when_the_running_period_ends() -> None:
    running = Period(date(2026, 3, 1), date(2026, 3, 31))
    assert next_period(BillingPeriod.WEEKLY, running, CREATED) == Period(date(2026, 4, 1), date(2026, 4, 5))


@given(st.sampled_from(BillingPeriod), DAYS, st.integers(1, 60))
def test_periods_follow_each_other_without_a_gap(kind: BillingPeriod, created: date, count: int) -> None:
    running = period_from(kind, created, created)
    for _ in range(count):
        following = next_period(kind, running, created)
        assert following.first == running.last + timedelta(days=1)
        assert following == period_of(kind, following.first, created)
        running = following


@given(st.sampled_from(BillingPeriod), DAYS, DAYS)
def test_every_day_of_a_period_falls_into_it(kind: BillingPeriod, created: date, day: date) -> None:
    period = period_of(kind, day, created)
    assert day in period
    assert all(period_of(kind, one, created) == period for one in period.days())


def test_a_short_period_is_measured_by_the_whole_one_of_its_kind() -> None:
    running = Period(date(2026, 1, 15), date(2026, 1, 31))
    assert measure(BillingPeriod.MONTHLY, running, CREATED) == Period(date(2026, 1, 1), date(2026, 1, 31))


def test_a_period_that_began_under_another_kind_is_a_whole_one() -> None:
    running = Period(date(2026, 3, 1), date(2026, 3, 31))
    assert measure(BillingPeriod.WEEKLY, running, CREATED) == running


@pytest.mark.parametrize(
    ("last", "zone", "hours", "instant"),
    [
        (date(2026, 3, 31), "UTC", 6, datetime(2026, 4, 1, 6, tzinfo=UTC)),
        (date(2026, 3, 28), "Europe/Berlin", 0, datetime(2026, 3, 28, 23, tzinfo=UTC)),  # the clocks go on that night
        (date(2026, 3, 29), "Europe/Berlin", 0, datetime(2026, 3, 29, 22, tzinfo=UTC)),
        (date(2026, 10, 25), "Europe/Berlin", 6, datetime(2026, 10, 26, 5, tzinfo=UTC)),
        (date(2026, 3, 31), "Asia/Tokyo", 6, datetime(2026, 3, 31, 21, tzinfo=UTC)),
    ],
)
def test_a_period_closes_when_its_last_day_has_ended_in_the_zone(
    last: date, zone: str, hours: int, instant: datetime
) -> None:
    assert closes_at(Period(last, last), zone, hours) == instant
