"""Billing periods: which days a period has by its kind, which one follows it, and when it closes."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from data_access.base.clock import day_in, start_of
from data_access.models.customers import BillingPeriod

COUNTED = frozenset({BillingPeriod.ANNIVERSARY, BillingPeriod.THIRTY_DAYS})  # from a day of the customer's own
LATEST_ANNIVERSARY = 28  # a day that every month has
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """The days from the first to the last, both inside."""

    first: date
    last: date

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def days(self) -> Iterator[date]:
        """Every day, the first one first."""
        return (self.first + timedelta(days=ahead) for ahead in range(self.length))

    def within(self, other: "Period") -> "Period":
        """The days that both have; without a day if there are none."""
        return Period(max(self.first, other.first), min(self.last, other.last))


def period_of(kind: BillingPeriod, day: date, created_on: date) -> Period:
    """The whole period of a kind that a day falls into. Anniversaries and 30 days count from the day of creation."""
    match kind:
        case BillingPeriod.DAILY:
            return Period(day, day)
        case BillingPeriod.WEEKLY:
            monday = day - timedelta(days=day.weekday())
            return Period(monday, monday + timedelta(days=6))
        case BillingPeriod.SEMIMONTHLY:
            return Period(day.replace(day=1), day.replace(day=15)) if day.day <= 15 else _month_from(day, 16)
        case BillingPeriod.MONTHLY:
            return _month_from(day, 1)
        case BillingPeriod.ANNIVERSARY:
            return _anniversary(day, min(created_on.day, LATEST_ANNIVERSARY))
        case BillingPeriod.THIRTY_DAYS:
            first = day - timedelta(days=(day - created_on).days % 30)
            return Period(first, first + timedelta(days=29))


def _month_from(day: date, first: int) -> Period:
    return Period(day.replace(day=first), day.replace(day=monthrange(day.year, day.month)[1]))


def _anniversary(day: date, turns_on: int) -> Period:
    first = day.replace(day=turns_on)
    if first > day:
        first = (day.replace(day=1) - _DAY).replace(day=turns_on)
    following = (first.replace(day=28) + timedelta(days=7)).replace(day=turns_on)
    return Period(first, following - _DAY)


def period_from(kind: BillingPeriod, first: date, created_on: date) -> Period:
    """The period that runs from a day on, until the whole period of its kind ends: the first one may be short."""
    return Period(first, period_of(kind, first, created_on).last)


def next_period(kind: BillingPeriod, running: Period, created_on: date, change_on: date | None = None) -> Period:
    """The period after the running one: there is no day between them, whatever kind the running one was of.

    It ends at the latest on the day before `change_on`, when another kind begins.
    """
    following = period_from(kind, running.last + _DAY, created_on)
    return following if change_on is None else Period(following.first, min(following.last, change_on - _DAY))


def is_cut(kind: BillingPeriod, running: Period, created_on: date, change_on: date | None) -> bool:
    """Whether the running period is shorter than its kind, since another kind begins after it."""
    return change_on == running.last + _DAY and period_of(kind, running.last, created_on).last != running.last


def measure(kind: BillingPeriod, running: Period, created_on: date, change_on: date | None = None) -> Period:
    """The whole period for which a fee is meant: that of the kind, where the running one ends as the kind's does.

    One that is cut for a change is part of its kind's. One that ends otherwise began under another kind, and is whole.
    """
    whole = period_of(kind, running.last, created_on)
    ends = whole.last == running.last or is_cut(kind, running, created_on, change_on)
    return whole if ends and whole.first <= running.first else running


def earliest_change(running: Period) -> date:
    """The first day on which another kind can begin."""
    return running.last + _DAY


def begun(
    kind: BillingPeriod, zone: str, at: datetime, delay_hours: int, created_at: datetime
) -> dict[str, date | datetime]:
    """The columns of a customer that comes at an instant: its first period runs, and ends as it would where it was."""
    today = day_in(zone, at)
    running = period_from(kind, today, day_in(zone, created_at))
    return {
        "period_from": running.first,
        "period_to": running.last,
        "closes_at": closes_at(running, zone, delay_hours),
    }


def closes_at(running: Period, zone: str, delay_hours: int) -> datetime:
    """The instant at which a period is closed: so many hours after its last day has ended in the zone."""
    return start_of(running.last + _DAY, zone) + timedelta(hours=delay_hours)
