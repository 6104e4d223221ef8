"""Quotas reckoned: what is granted when, how long it lives, and in which order it is used."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from data_access.base.money import ZERO
from data_access.domain.usage.quotas import (
    Grant,
    QuotaTerms,
    grants,
    living,
    price_of_rest,
    refusal_of_quantity,
    said,
    spread,
)
from data_access.models.customers import BillingPeriod

D = Decimal
JANUARY = date(2026, 1, 10)
MARCH = date(2026, 3, 16)
AMOUNTS = some.decimals(min_value=D("0.00001"), max_value=D(999_999_999_999), places=5)


def monthly(rollovers: int = 0, ended_on: date | None = None, started_on: date = JANUARY) -> QuotaTerms:
    return QuotaTerms(1, D(100), BillingPeriod.MONTHLY, rollovers, started_on, ended_on)


def told(those: tuple[Grant, ...]) -> list[tuple[str, str, Decimal]]:
    """First day, last day of use, and what is left of each grant."""
    return [(one.period.first.isoformat(), one.expires_on.isoformat(), one.left) for one in those]


def test_a_quota_is_granted_whole_from_its_first_day_and_anew_each_month():
    assert told(grants(monthly(), {}, MARCH, 12)) == [
        ("2026-03-01", "2026-03-31", D(100)),
        ("2026-02-01", "2026-02-28", D(100)),
        ("2026-01-10", "2026-01-31", D(100)),
    ]


def test_nothing_is_granted_before_the_first_day():
    assert grants(monthly(started_on=MARCH), {}, MARCH - timedelta(days=1), 12) == ()


@pytest.mark.parametrize(
    ("rollovers", "lives"),
    [
        (0, ["2026-03-01"]),
        (1, ["2026-03-01", "2026-02-01"]),
        (2, ["2026-03-01", "2026-02-01", "2026-01-10"]),
        (3, ["2026-03-01", "2026-02-01", "2026-01-10"]),
    ],
)
def test_what_is_left_lives_on_for_so_many_periods(rollovers, lives):
    assert [one.period.first.isoformat() for one in living(monthly(rollovers), {}, MARCH)] == lives


@pytest.mark.parametrize(
    ("renewal", "started_on", "first", "last"),
    [
        (BillingPeriod.DAILY, JANUARY, "2026-03-16", "2026-03-16"),
        (BillingPeriod.WEEKLY, JANUARY, "2026-03-16", "2026-03-22"),
        (BillingPeriod.SEMIMONTHLY, JANUARY, "2026-03-16", "2026-03-31"),
        (BillingPeriod.ANNIVERSARY, JANUARY, "2026-03-10", "2026-04-09"),
        (BillingPeriod.ANNIVERSARY, date(2026, 1, 31), "2026-02-28", "2026-03-27"),
        (BillingPeriod.THIRTY_DAYS, JANUARY, "2026-03-11", "2026-04-09"),
    ],
)
def test_a_period_is_of_the_kind_that_was_chosen(renewal, started_on, first, last):
    (running,) = living(QuotaTerms(1, D(1), renewal, 0, started_on), {}, MARCH)
    assert (running.period.first.isoformat(), running.period.last.isoformat()) == (first, last)


@pytest.mark.parametrize(
    ("ended_on", "lives"),
    [
        (date(2026, 2, 1), ["2026-02-01"]),
        (date(2026, 1, 31), []),
        (date(2026, 3, 1), ["2026-03-01", "2026-02-01"]),
        (date(2026, 1, 9), []),
    ],
)
def test_after_the_end_nothing_is_granted_and_what_is_left_lives_until_it_expires(ended_on, lives):
    assert [one.period.first.isoformat() for one in living(monthly(1, ended_on), {}, MARCH)] == lives


def test_what_expires_first_is_used_first():
    used = {(1, date(2026, 2, 1)): D(70)}
    parts = spread(D(120), living(monthly(1), used, MARCH), MARCH)
    assert [(part.grant.period.first.isoformat(), part.quantity) for part in parts] == [
        ("2026-02-01", D(30)),
        ("2026-03-01", D(90)),
    ]


def test_of_two_quotas_the_older_grant_is_used_first_where_both_expire_together():
    ended, running = monthly(1, date(2026, 2, 28)), QuotaTerms(2, D(10), BillingPeriod.MONTHLY, 0, date(2026, 3, 1))
    both = (*living(running, {}, MARCH), *living(ended, {}, MARCH))
    assert [part.grant.quota_id for part in spread(D(105), both, MARCH)] == [1, 2]


def test_a_newer_grant_that_expires_sooner_is_used_first():
    ended, running = monthly(3, date(2026, 2, 28)), QuotaTerms(2, D(10), BillingPeriod.MONTHLY, 0, date(2026, 3, 1))
    both = (*living(ended, {}, MARCH), *living(running, {}, MARCH))
    assert [part.grant.quota_id for part in spread(D(15), both, MARCH)] == [2, 1]


def test_usage_of_an_earlier_day_takes_from_what_lived_then():
    day = date(2026, 2, 20)
    parts = spread(D(5), grants(monthly(), {}, MARCH, 12), day)
    assert [part.grant.period.first.isoformat() for part in parts] == ["2026-02-01"]


@pytest.mark.parametrize(
    ("price", "quantity", "covered", "charged"),
    [
        ("1.2", "12", "0", "1.2"),
        ("1.2", "12", "12", "0"),
        ("1.2", "12", "5", "0.7"),
        ("1", "3", "2", "0.33333"),
        ("1", "3", "1", "0.66667"),
        ("0.00001", "2", "1", "0.00001"),
        ("999999999999.99999", "3", "1", "666666666666.66666"),
    ],
)
def test_the_rest_is_charged_at_its_share_of_the_price(price, quantity, covered, charged):
    assert price_of_rest(D(price), D(quantity), D(covered)) == D(charged)


@pytest.mark.parametrize("quantity", ["0", "-1", "0.000001", "1000000000000", "NaN", "Infinity"])
def test_what_is_no_quantity_is_refused(quantity):
    assert "above zero" in refusal_of_quantity(D(quantity))


def test_a_quantity_is_said_with_its_unit():
    assert (said(D("1000.50000"), "minutes"), refusal_of_quantity(D("0.00001"))) == ("1,000.5 minutes", "")


TERMS = some.builds(
    QuotaTerms,
    quota_id=some.just(1),
    allowance=AMOUNTS,
    renewal=some.sampled_from(BillingPeriod),
    rollovers=some.integers(0, 3),
    started_on=some.dates(date(2024, 1, 1), date(2026, 12, 31)),
    ended_on=some.none() | some.dates(date(2024, 1, 1), date(2027, 12, 31)),
)
USES = some.lists(some.tuples(some.integers(0, 200), AMOUNTS), max_size=12)


@given(TERMS, USES)
def test_never_is_more_used_than_granted_and_nothing_is_negative(terms, uses):
    used: dict[tuple[int, date], Decimal] = {}
    for after, quantity in uses:  # in any order of days: charges come late
        day = terms.started_on + timedelta(days=after)
        before = living(terms, used, day)
        parts = spread(quantity, before, day)
        left = sum((one.left for one in before), ZERO)
        assert sum((part.quantity for part in parts), ZERO) == min(quantity, left)
        for part in parts:
            key = (1, part.grant.period.first)
            used[key] = used.get(key, ZERO) + part.quantity
        assert all(ZERO <= one.used <= one.granted == terms.allowance for one in grants(terms, used, day, 500))


@given(TERMS, some.integers(0, 400))
def test_a_grant_lives_its_own_period_and_exactly_its_rollovers(terms, after):
    day = terms.started_on + timedelta(days=after)
    lives = grants(terms, {}, day, 3)
    assert lives or terms.ended_on is not None
    for one in lives:
        periods, last = 1, one.period.last
        while last < one.expires_on:
            last = terms.period_on(last + timedelta(days=1)).last
            periods += 1
        assert (periods, last) == (terms.rollovers + 1, one.expires_on)
        assert one.lives_on(one.expires_on)
        assert not one.lives_on(one.expires_on + timedelta(days=1))
        assert one.is_rolled_over(one.expires_on) is (terms.rollovers > 0)


@given(TERMS, some.integers(0, 400))
def test_each_day_until_the_end_has_one_period_and_periods_leave_no_gap(terms, after):
    day = terms.started_on + timedelta(days=after)
    found = grants(terms, {}, day, 500)
    assert all(later.period.first == one.period.last + timedelta(days=1) for later, one in pairwise(found))
    if terms.ended_on is None or day <= terms.ended_on:
        assert [one for one in found if day in one.period] == [found[0]]


@given(AMOUNTS, AMOUNTS, some.data())
def test_what_is_charged_lies_between_nothing_and_the_price(price, quantity, data):
    covered = data.draw(some.decimals(min_value=ZERO, max_value=quantity, places=5))
    charged = price_of_rest(price, quantity, covered)
    assert ZERO <= charged <= price
