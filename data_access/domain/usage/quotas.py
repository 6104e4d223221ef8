"""Quotas calculated: what is granted in each period, until when it lives, and which grant a usage takes from first."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from itertools import islice
from typing import Generic, Protocol, TypeVar

from data_access.base.money import SCALE, ZERO, exact
from data_access.domain.billing.periods import Period, period_of
from data_access.models.customers import BillingPeriod

_DAY = timedelta(days=1)
_SMALLEST = Decimal(1).scaleb(-SCALE)
_DIGITS = 60  # of the product of two amounts, with room to divide it

Used = Mapping[tuple[int, date], Decimal]  # by quota and the first day of the period in which it was granted


@dataclass(frozen=True, slots=True)
class QuotaTerms:
    """What a quota grants: all days are those where the customer is billed. No period begins after `ended_on`."""

    quota_id: int
    allowance: Decimal
    renewal: BillingPeriod
    rollovers: int
    started_on: date
    ended_on: date | None = None

    def period_on(self, day: date) -> Period:
        """The period that a day falls into; the first one begins with the quota, and is granted whole."""
        whole = period_of(self.renewal, day, self.started_on)
        return Period(max(whole.first, self.started_on), whole.last)

    def last_begun(self, day: date) -> Period | None:
        """The newest period that has begun by a day and that something is granted for."""
        by = day if self.ended_on is None else min(day, self.ended_on)
        return None if by < self.started_on else self.period_on(by)


@dataclass(frozen=True, slots=True)
class Grant:
    """What a quota gave for one period, and what was used of it. `expires_on`: the last day on which it can be used."""

    quota_id: int
    period: Period
    expires_on: date
    granted: Decimal
    used: Decimal

    @property
    def left(self) -> Decimal:
        return self.granted - self.used

    def lives_on(self, day: date) -> bool:
        return self.period.first <= day <= self.expires_on

    @property
    def place(self) -> tuple[date, date, int]:
        """Its place among those that can be used: what expires first is used first."""
        return self.expires_on, self.period.first, self.quota_id

    def is_rolled_over(self, day: date) -> bool:
        """Whether it lives on after its own period."""
        return day > self.period.last and self.lives_on(day)


class Stock(Protocol):
    """Something that usage can be taken from on some days: a grant of a quota, or a top-up."""

    @property
    def left(self) -> Decimal: ...
    @property
    def place(self) -> tuple[date, date, int]: ...
    def lives_on(self, day: date) -> bool: ...


S = TypeVar("S", bound=Stock)


@dataclass(frozen=True, slots=True)
class GrantPart(Generic[S]):
    """How much of a usage one grant covers."""

    grant: S
    quantity: Decimal


def grants(terms: QuotaTerms, used: Used, day: date, most: int) -> tuple[Grant, ...]:
    """The grants that had begun by a day, newest first, at most so many."""
    return tuple(_grant(terms, used, period) for period in islice(_periods_back(terms, day), most))


def living(terms: QuotaTerms, used: Used, day: date) -> tuple[Grant, ...]:
    """The grants that can be used on a day, newest first."""
    return tuple(grant for grant in grants(terms, used, day, terms.rollovers + 1) if grant.lives_on(day))


def _periods_back(terms: QuotaTerms, day: date) -> Iterator[Period]:
    period = terms.last_begun(day)
    while period is not None:
        yield period
        before = period.first - _DAY
        period = None if before < terms.started_on else terms.period_on(before)


def _grant(terms: QuotaTerms, used: Used, period: Period) -> Grant:
    eaten = used.get((terms.quota_id, period.first), ZERO)
    return Grant(terms.quota_id, period, _expiry(terms, period), terms.allowance, eaten)


def _expiry(terms: QuotaTerms, period: Period) -> date:
    last = period.last
    for _ in range(terms.rollovers):
        last = terms.period_on(last + _DAY).last
    return last


def spread(quantity: Decimal, those: Iterable[S], day: date) -> tuple[GrantPart[S], ...]:
    """What the grants cover of a usage on a day: the one that expires first is used first. The rest is not covered."""
    parts, rest = [], quantity
    for grant in sorted((one for one in those if one.lives_on(day)), key=lambda one: one.place):
        part = min(rest, grant.left)
        if part > ZERO:
            parts.append(GrantPart(grant, part))
            rest -= part
    return tuple(parts)


def refusal_of_quantity(quantity: Decimal) -> str:
    """Why nothing can be measured by it; empty if it can."""
    try:
        is_sound = exact(quantity) > ZERO
    except ValueError:
        is_sound = False
    return "" if is_sound else f"Give a quantity above zero, of at most twelve digits and {SCALE} decimals."


def a_quantity(quantity: Decimal) -> Decimal:
    """The quantity, if something can be measured by it; ValueError if not."""
    if wrong := refusal_of_quantity(quantity):
        raise ValueError(wrong)
    return quantity


def said(quantity: Decimal, unit: str) -> str:
    """A quantity as people read it: `1,000 minutes`."""
    return f"{quantity.normalize() + 0:,f} {unit}"


def price_of_rest(price: Decimal, quantity: Decimal, covered: Decimal) -> Decimal:
    """What is charged where so much of a quantity is covered: its share of the price, to the fifth decimal."""
    with localcontext(prec=_DIGITS):
        return (price * (quantity - covered) / quantity).quantize(_SMALLEST, ROUND_HALF_UP)
