"""The level of a measured parameter over some time, and what it costs."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access.base.measured_parameters import ChargeBasis, MeasuredParameter
from data_access.domain.billing.periods import Period
from data_access.domain.usage.measuring import (
    MeasuredLevel,
    MeasuredTerms,
    Sample,
    TimeSpan,
    in_force,
    level,
    measured_price,
    of_rows,
    spans_of,
)
from data_access.models.usage.measuring import MEASURED_OF_CLASS, MEASURED_ROWS

D = Decimal
P = MeasuredParameter
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
MIDNIGHT = datetime(2026, 3, 1, tzinfo=UTC)


def at(hours: float, value: int) -> Sample:
    return Sample(MIDNIGHT + timedelta(hours=hours), value)


def span(first: float, end: float) -> TimeSpan:
    return TimeSpan(MIDNIGHT + timedelta(hours=first), MIDNIGHT + timedelta(hours=end))


@pytest.mark.parametrize(
    ("samples", "spans", "found"),
    [
        # each value counts for as long as it held, however often it was looked at
        ([at(0, 10), at(6, 20)], [span(0, 24)], ("17.5", 20, 10)),
        ([at(0, 10), at(6, 20), at(6.1, 20), at(6.2, 20)], [span(0, 24)], ("17.5", 20, 10)),
        # the last value before the time goes on into it, and what holds at its end does not begin in it
        ([at(-48, 4), at(12, 8)], [span(0, 24)], ("6", 8, 4)),
        ([at(-48, 4), at(24, 800)], [span(0, 24)], ("4", 4, 4)),
        ([at(-48, 4), at(0, 8)], [span(0, 24)], ("8", 8, 8)),
        # what was before the first value is not counted as none
        ([at(18, 6)], [span(0, 24)], ("6", 6, 6)),
        # time that is left out does not count, but what began in it goes on
        ([at(0, 1), at(30, 9)], [span(0, 24), span(48, 72)], ("5", 9, 1)),
        # a third of a day
        ([at(0, 1), at(8, 0)], [span(0, 24)], ("0.33333", 1, 0)),
        ([at(0, 2), at(8, 0)], [span(0, 24)], ("0.66667", 2, 0)),
    ],
)
def test_a_level_is_one_over_time(samples: list[Sample], spans: list[TimeSpan], found: tuple[str, int, int]) -> None:
    assert level(samples, spans) == MeasuredLevel(D(found[0]), *found[1:])


@pytest.mark.parametrize("samples", [[], [at(24, 5)], [at(30, 5)]])
def test_nothing_counted_is_no_level(samples: list[Sample]) -> None:
    assert level(samples, [span(0, 24)]) is None
    assert level([at(0, 1)], []) is None


@given(
    st.lists(st.tuples(st.integers(-50, 50), st.integers(0, 10**7)), min_size=1, max_size=20, unique_by=lambda s: s[0])
)
def test_an_average_lies_between_the_lowest_and_the_highest(drawn: list[tuple[int, int]]) -> None:
    samples = [at(hours, value) for hours, value in sorted(drawn)]
    found = level(samples, [span(-60, 60)])
    assert found is not None
    assert found.minimum <= found.average <= found.maximum
    twice = [sample for one in samples for sample in (one, Sample(one.at + timedelta(minutes=30), one.value))]
    assert level(twice, [span(-60, 60)]) == found


def test_days_are_those_of_the_zone_with_their_own_length() -> None:
    days = [date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 31)]
    spans = spans_of(days, "Europe/Berlin")
    assert [(one.end - one.first) / timedelta(hours=1) for one in spans] == [24 + 23, 24]


def terms(price: str, free: int = 0, basis: ChargeBasis = ChargeBasis.MAXIMUM) -> MeasuredTerms:
    return MeasuredTerms(P.PBX_EXTENSIONS, basis, D(price), free, "", "Other")


@pytest.mark.parametrize(
    ("price", "free", "charged", "days", "amount"),
    [
        ("2.50", 0, "12", 31, "30"),
        ("2.50", 5, "12", 31, "17.5"),
        ("2.50", 12, "12", 31, "0"),
        ("2.50", 13, "12", 31, "0"),
        ("2.50", 0, "17.33333", 31, "43.33333"),
        ("3.10", 0, "10", 10, "10"),
        ("300", 0, "7", 31, "2100"),  # JPY
        ("0.125", 0, "3", 31, "0.375"),  # KWD
        ("0.00001", 0, "0.5", 31, "0.00001"),
    ],
)
def test_items_beyond_the_free_ones_cost_their_price_by_the_days(
    price: str, free: int, charged: str, days: int, amount: str
) -> None:
    some = [MARCH.first + timedelta(days=ahead) for ahead in range(days)]
    assert measured_price(terms(price, free), D(charged), MARCH, some) == D(amount)


@pytest.mark.parametrize(
    ("basis", "charged"),
    [(ChargeBasis.NONE, "0"), (ChargeBasis.AVERAGE, "1.5"), (ChargeBasis.MAXIMUM, "4"), (ChargeBasis.MINIMUM, "1")],
)
def test_the_basis_says_which_figure_is_charged(basis: ChargeBasis, charged: str) -> None:
    assert MeasuredLevel(D("1.5"), 4, 1).by(basis) == D(charged)


ROWS = MEASURED_ROWS.join(
    [["active_calls", "average", "0.5", "10", "AC", "Calls"], ["pbx_extensions", "maximum", "2", "0", "", "Other"]]
)


def test_own_terms_stand_in_place_of_those_of_the_class() -> None:
    calls, extensions = of_rows(ROWS)
    assert calls == MeasuredTerms(P.ACTIVE_CALLS, ChargeBasis.AVERAGE, D("0.5"), 10, "AC", "Calls")
    own = terms("9")
    assert in_force([own], [calls, extensions]) == [calls, own]
    assert in_force([], [extensions]) == [extensions]
    assert of_rows("") == []


def test_the_terms_of_a_class_are_read_each_parameter_once_and_said_in_words() -> None:
    assert MEASURED_OF_CLASS.said(MEASURED_OF_CLASS.read(ROWS)) == (
        "Active calls, Average, 0.5, 10, AC, Calls; PBX extensions, Maximum, 2, 0, Other"
    )
    row = ["active_calls", "none", "0", "0", "", "Calls"]
    with pytest.raises(ValueError, match="Each parameter can be given once"):
        MEASURED_OF_CLASS.read(MEASURED_ROWS.join([row, row]))
    with pytest.raises(ValueError, match="Row 1, Price per item: A price cannot be negative"):
        MEASURED_OF_CLASS.read(MEASURED_ROWS.join([["active_calls", "none", "-1", "0", "", "Calls"]]))
