"""Fees for some days, and the rounding of invoice totals."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access.domain.billing.periods import Period
from data_access.domain.billing.proration import adjusted, rounded, share
from data_access.models.classes.customer_classes import Rounding

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
AMOUNTS = st.decimals(0, 10_000, places=5)


@pytest.mark.parametrize(
    ("method", "total", "expected"),
    [
        (Rounding.AWAY_FROM_ZERO, "1.214", "1.22"),
        (Rounding.AWAY_FROM_ZERO, "1.215", "1.22"),
        (Rounding.AWAY_FROM_ZERO, "1.216", "1.22"),
        (Rounding.AWAY_FROM_ZERO, "1.21", "1.21"),
        (Rounding.HALF_AWAY_FROM_ZERO, "1.214", "1.21"),
        (Rounding.HALF_AWAY_FROM_ZERO, "1.215", "1.22"),
        (Rounding.HALF_AWAY_FROM_ZERO, "1.216", "1.22"),
        (Rounding.TO_FIVE, "1.204", "1.20"),
        (Rounding.TO_FIVE, "1.215", "1.20"),
        (Rounding.TO_FIVE, "1.226", "1.20"),
        (Rounding.TO_FIVE, "1.23", "1.25"),
        (Rounding.TO_FIVE, "1.279", "1.25"),
        (Rounding.TO_FIVE, "1.98", "2.00"),
    ],
)
@pytest.mark.parametrize("sign", [1, -1])
def test_a_total_is_rounded_by_the_method_of_the_class(method: Rounding, total: str, expected: str, sign: int) -> None:
    assert rounded(sign * Decimal(total), method, 2) == sign * Decimal(expected)


def test_a_total_is_rounded_to_the_decimals_of_the_class() -> None:
    assert rounded(Decimal("120.1"), Rounding.AWAY_FROM_ZERO, 0) == 121


@pytest.mark.parametrize(("percent", "fee"), [(100, "29.90"), (0, "0"), (50, "14.95"), (120, "35.88")])
def test_a_discount_or_an_upcharge_changes_the_fee(percent: int, fee: str) -> None:
    assert adjusted(Decimal("29.90"), percent) == Decimal(fee)


def test_a_day_of_november_is_a_thirtieth() -> None:
    assert share(Decimal(30), NOVEMBER, [date(2026, 11, 11)]) == 1


def test_the_whole_period_costs_the_whole_fee() -> None:
    assert share(Decimal("29.90"), MARCH, MARCH.days()) == Decimal("29.90")


@given(AMOUNTS, st.sets(st.sampled_from(list(MARCH.days()))))
def test_two_parts_of_a_period_add_up_to_the_fee(fee: Decimal, some: set[date]) -> None:
    others = set(MARCH.days()) - some
    assert share(fee, MARCH, some) + share(fee, MARCH, others) == fee


@given(AMOUNTS, st.sampled_from(Rounding), st.integers(0, 3))
def test_negative_totals_mirror_positive_ones(total: Decimal, method: Rounding, decimals: int) -> None:
    assert rounded(-total, method, decimals) == -rounded(total, method, decimals)
