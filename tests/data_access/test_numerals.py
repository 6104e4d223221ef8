"""Whole numbers and instants that somebody typed: read as meant, or refused, and never a crash."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_access.base.clock import read_moment
from data_access.base.text.numerals import LARGEST_ID, counted, whole_number
from tests.pages.test_addresses import INSTANTS

ZEROS = "0" * 5000


@pytest.mark.parametrize(("text", "number"), [("0", 0), (" 7 ", 7), ("007", 7), (f"{ZEROS}42", 42), (ZEROS, 0)])
def test_zeros_before_it_and_blanks_around_it_change_no_number(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize(
    "text", ["", " ", "+1", "-1", "-0", "1_0", "1 0", "1.0", "1e3", "0x1", "²5", "½", "١", "１", "\u200b1", "9" * 5000]
)
def test_anything_but_ascii_digits_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="whole number from 0 to"):
        whole_number(text)


@pytest.mark.parametrize("number", [5, 12])
def test_bounds_belong_to_what_they_bound(number: int) -> None:
    assert whole_number(f"{number}", 5, 12) == number


@pytest.mark.parametrize("text", ["4", "13"])
def test_what_is_beyond_the_bounds_is_refused_with_both(text: str) -> None:
    with pytest.raises(ValueError, match=r"^Give a whole number from 5 to 12\.$"):
        whole_number(text, 5, 12)


@given(st.text() | st.from_regex(r"\s*0*\d*\s*", fullmatch=True))
def test_whatever_is_written_gives_a_number_in_bounds_or_a_refusal(text: str) -> None:
    try:
        assert 0 <= whole_number(text) <= LARGEST_ID
    except ValueError as wrong:
        assert f"{wrong}" == "Give a whole number from 0 to 2147483647."  # noqa: PT017 - both are right


@given(st.datetimes(timezones=st.just(UTC)))
def test_an_instant_comes_back_as_it_was_written(moment: datetime) -> None:
    assert read_moment(moment.isoformat()) == moment


@pytest.mark.parametrize("text", [*INSTANTS[1:], "", "2026-01-01", "now"])
def test_an_instant_without_a_zone_or_beyond_all_years_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"instant|isoformat|year"):
        read_moment(text)


def test_an_instant_is_read_in_utc() -> None:
    assert read_moment("2026-01-01T01:00:00+01:00").utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 entries"), (1, "1 entry"), (2, "2 entries"), (1000, "1,000 entries"), (-1, "-1 entries")]
)
def test_one_of_something_is_not_several(count: int, said: str) -> None:
    assert counted(count, "entry", "entries") == said
