"""What becomes of a demo customer: one table of destinies with their shares, and the days that follow from each."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from random import Random

from data_access.base.clock import day_in, start_of
from data_access.domain.billing.periods import LATEST_ANNIVERSARY, Period, period_of
from data_access.models.customers import BillingPeriod
from data_access.seed.names import LANDS, Land
from data_access.seed.reference import CLASSES, DemoClass, Segment

HISTORY_MONTHS = 18


class Destiny(StrEnum):
    """How a life stands today."""

    IN_ORDER = "in_order"
    IN_CREDIT = "in_credit"
    JUST_LATE = "just_late"
    OVER_LIMIT = "over_limit"
    ENDS_SOON = "ends_soon"
    BLOCKED = "blocked"
    SUSPENDED = "suspended"
    SUSPENDED_BLOCKED = "suspended_blocked"
    LIFTED = "lifted"
    PROVISIONAL = "provisional"
    EXPORTED = "exported"
    PREPAID = "prepaid"
    PREPAID_EMPTY = "prepaid_empty"
    TERMINATED = "terminated"
    TERMINATED_OWING = "terminated_owing"


D = Destiny
SHARES = {
    D.IN_ORDER: 380, D.IN_CREDIT: 30, D.JUST_LATE: 40, D.OVER_LIMIT: 35, D.ENDS_SOON: 5, D.BLOCKED: 15,
    D.SUSPENDED: 45, D.SUSPENDED_BLOCKED: 6, D.LIFTED: 8, D.PROVISIONAL: 20, D.EXPORTED: 8, D.PREPAID: 55,
    D.PREPAID_EMPTY: 20, D.TERMINATED: 300, D.TERMINATED_OWING: 33,
}  # fmt: skip
STOPPED_PAYING = {D.SUSPENDED, D.SUSPENDED_BLOCKED, D.LIFTED, D.TERMINATED_OWING}
NOT_SUSPENDED = {D.PREPAID, D.PREPAID_EMPTY}
ENDED = {D.TERMINATED, D.TERMINATED_OWING}
_SEGMENT_SHARES = {Segment.RESIDENTIAL: 74, Segment.BUSINESS: 22, Segment.WHOLESALE: 4}


@dataclass(frozen=True)
class Life:
    """The bones of a demo customer. `ended_at`: when its services stopped, if they did."""

    number: int
    destiny: Destiny
    land: Land
    of_class: DemoClass
    created_at: datetime
    ended_at: datetime | None
    last_issue: date
    now: datetime

    @cached_property
    def today(self) -> date:
        return day_in(self.land.zone, self.now)

    @cached_property
    def created_on(self) -> date:
        return day_in(self.land.zone, self.created_at)

    @property
    def billed(self) -> BillingPeriod:
        return BillingPeriod.MONTHLY if self.last_issue.day == 1 else BillingPeriod.ANNIVERSARY

    def period_on(self, day: date) -> Period:
        """The billing period that a day falls into; the first one begins with the life."""
        whole = period_of(self.billed, day, self.created_on)
        return Period(max(whole.first, self.created_on), whole.last)

    @property
    def pays_ahead(self) -> bool:
        return self.of_class.segment is Segment.PREPAID


def draw_life(number: int, draw: Random, now: datetime) -> Life:
    """A life, the same one for the same number, told from now backwards."""
    destiny = draw.choices(list(SHARES), weights=list(SHARES.values()))[0]
    land = draw.choices(LANDS, weights=[land.share for land in LANDS])[0]
    of_class = _class_for(destiny, land, draw)
    ended_at = _end(destiny, of_class, draw, now)
    newest, oldest = (ended_at or now) - timedelta(days=5), now - timedelta(days=draw.choice((360, 900, 2200)))
    if destiny in STOPPED_PAYING or ended_at is not None:
        newest = (ended_at or now) - timedelta(days=150)
        oldest = min(oldest, newest - timedelta(days=200))
    created_at = oldest + draw.random() * (newest - oldest)
    last_issue = _last_issue(destiny, of_class, draw, now)
    if last_issue.day > 1:
        created_at = _on_its_day(created_at, last_issue.day, land.zone)
    return Life(number, destiny, land, of_class, created_at, ended_at, last_issue, now)


def _on_its_day(at: datetime, turns_on: int, zone: str) -> datetime:
    """At the same time of the day, on the day of the month on which its periods begin, not later."""
    day = day_in(zone, at)
    return start_of(_turn_before(day, turns_on), zone) + (at - start_of(day, zone))


def _turn_before(day: date, turns_on: int) -> date:
    return day.replace(day=turns_on) if turns_on <= day.day else _months_before(day.replace(day=turns_on), 1)


def _class_for(destiny: Destiny, land: Land, draw: Random) -> DemoClass:
    segment = draw.choices(list(_SEGMENT_SHARES), weights=list(_SEGMENT_SHARES.values()))[0]
    if destiny in NOT_SUSPENDED:
        segment = Segment.PREPAID
    elif segment is Segment.WHOLESALE and destiny in STOPPED_PAYING:
        segment = Segment.BUSINESS
    fitting = [one for one in CLASSES if one.segment is segment and one.currency in (land.currency, None)]
    return next((one for one in fitting if one.currency), fitting[0])


def _end(destiny: Destiny, of_class: DemoClass, draw: Random, now: datetime) -> datetime | None:
    if destiny in ENDED:
        return now - timedelta(days=draw.uniform(3, draw.choice((300, 500, 1500))))
    if destiny is D.EXPORTED:
        return now - timedelta(days=draw.uniform(3, 200))
    if destiny is D.PROVISIONAL:
        return now - timedelta(days=draw.uniform(1, of_class.reactivation_window_days - 3))
    return None


def _last_issue(destiny: Destiny, of_class: DemoClass, draw: Random, now: datetime) -> date:
    """The day of the newest invoice: the first of the month, or the anniversary that the destiny asks for."""
    today = now.date() - timedelta(days=1)
    if destiny is D.JUST_LATE:
        return _turning(today - timedelta(days=of_class.net_days + draw.randint(1, 5)))
    if destiny in (D.OVER_LIMIT, D.ENDS_SOON) or draw.random() < 0.2:
        return _turning(today - timedelta(days=draw.randint(1, 10)))
    return today.replace(day=1)


def _turning(day: date) -> date:
    return day.replace(day=min(day.day, LATEST_ANNIVERSARY))


def issue_days(life: Life) -> list[date]:
    """The days of its invoices within the history, the oldest first."""
    last = (life.ended_at or life.now).date()
    days = [_months_before(life.last_issue, back) for back in range(HISTORY_MONTHS)]
    return [day for day in reversed(days) if life.created_on < day <= last]


def _months_before(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 - months, 12)
    return date(day.year + years, month + 1, day.day)
