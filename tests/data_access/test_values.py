"""Money, time and folded text: exact on both databases, refused rather than bent."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, Integer, MetaData, Table, func, insert, select
from sqlalchemy.exc import StatementError

from data_access.base.clock import UtcDateTime, day_in, overdue_from, start_of
from data_access.base.engine import Door
from data_access.base.errors import Rejected
from data_access.base.money import (
    Amount,
    cash,
    decimals_of,
    exact,
    exact_money,
    in_currency,
    ratio,
    read_amount,
    read_cash,
)
from data_access.base.text.text_keys import display_name, fold, fold_phone

SCRATCH = Table(
    "scratch",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("amount", Amount),
    Column("whole", Amount),
    Column("at", UtcDateTime),
)
AMOUNTS = st.decimals(-(10**11), 10**11, places=5)


@pytest.fixture
def kept(engine: Engine) -> Any:
    """Writes one row and gives it back as the database has it."""

    def keep(**values: Any) -> Any:
        with engine.connect().execution_options(door=Door(is_open=True)) as connection:
            SCRATCH.create(connection, checkfirst=True)
            connection.execute(insert(SCRATCH), [values])
            return connection.execute(select(SCRATCH).order_by(SCRATCH.c.id.desc()).limit(1)).one()

    return keep


@pytest.mark.parametrize("text", ["0.00001", "-0.00001", "123456789012.34567", "-999999999999.99999", "0"])
def test_an_amount_comes_back_as_it_went(kept: Any, text: str) -> None:
    assert kept(amount=Decimal(text)).amount == Decimal(text)


@pytest.mark.parametrize("wrong", [1, 1.5, "1"])
def test_money_is_decimal_or_it_is_refused(kept: Any, wrong: object) -> None:
    with pytest.raises(StatementError, match="money must be Decimal"):
        kept(amount=wrong)


@pytest.mark.parametrize("wrong", ["0.000001", "NaN", "Infinity", "1000000000000"])
def test_an_amount_is_never_rounded(kept: Any, wrong: str) -> None:
    with pytest.raises(StatementError):
        kept(amount=Decimal(wrong))


def test_sums_are_exact_and_ratios_are_right_on_both_databases(engine: Engine) -> None:
    with engine.connect().execution_options(door=Door(is_open=True)) as connection:
        SCRATCH.create(connection, checkfirst=True)
        rows = [{"amount": Decimal("0.1"), "whole": Decimal("0.4")} for _ in range(1000)]
        connection.execute(insert(SCRATCH), rows)
        assert connection.execute(select(func.sum(SCRATCH.c.amount))).scalar_one() == Decimal(100)
        share = connection.execute(select(ratio(SCRATCH.c.amount, SCRATCH.c.whole)).limit(1)).scalar_one()
    assert share == pytest.approx(0.25)


def test_nothing_of_nothing_has_no_ratio(engine: Engine) -> None:
    with engine.connect().execution_options(door=Door(is_open=True)) as connection:
        SCRATCH.create(connection, checkfirst=True)
        connection.execute(insert(SCRATCH), [{"amount": Decimal(1), "whole": Decimal(0)}])
        assert connection.execute(select(ratio(SCRATCH.c.amount, SCRATCH.c.whole))).scalar_one() is None


def test_amounts_are_not_multiplied_or_divided_in_sql() -> None:
    for wrong in (lambda c: c / 2, lambda c: c * 2, lambda c: 2 * c):
        with pytest.raises(TypeError, match="ratio"):
            wrong(SCRATCH.c.amount)


def test_a_naive_time_is_refused_and_an_aware_one_comes_back_in_utc(kept: Any) -> None:
    with pytest.raises(StatementError, match="naive"):
        kept(at=datetime(2026, 3, 1, 12))  # noqa: DTZ001  that is what is tried
    at = datetime.fromisoformat("2026-03-01T12:00:00+05:30")
    assert kept(at=at).at == at
    assert kept(at=at).at.tzinfo is UTC


@given(AMOUNTS)
def test_exact_changes_no_value(value: Decimal) -> None:
    assert exact(value) == value


@pytest.mark.parametrize(("currency", "places"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("TWD", 2)])
def test_a_currency_has_its_own_decimals(currency: str, places: int) -> None:
    assert decimals_of(currency) == places
    smallest = Decimal(1).scaleb(-places)
    assert cash(smallest, currency) == smallest
    with pytest.raises(Rejected, match="decimals"):
        cash(smallest / 10, currency)


def test_what_has_too_many_decimals_is_told_as_it_was_given() -> None:
    with pytest.raises(Rejected, match=r"^JPY has no decimals; 12\.5 has more\.$"):
        cash(Decimal("12.50000"), "JPY")


@pytest.mark.parametrize("text", ["1.234,56", "1,234.56", "12 345", "NaN", "1e5", "٣", "", "--1", "0.000001", "1" * 40])
def test_what_is_not_plainly_an_amount_is_not_read(text: str) -> None:
    with pytest.raises(ValueError, match="“"):
        read_amount(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1234.56", "1234.56"), (" -0.5 ", "-0.5"), ("+7", "7"), (".5", "0.5"), ("6,92", "6.92"), ("-1234,5", "-1234.5"),
     (",5", "0.5"), ("6,9200", "6.92"), ("1.234", "1.234")],
)  # fmt: skip
def test_a_plain_amount_is_read(text: str, value: str) -> None:
    assert read_amount(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "one", "other"),
    [
        ("6,925", "6.925", "6925"),
        ("1,000", "1.000", "1000"),
        ("-1,000", "-1.000", "-1000"),
        ("1.234,56", "1234.56", "1.23456"),
        ("1,234.56", "1234.56", "1.23456"),
        ("1,234,567", "1234.567", "1234567"),
        ("1.234.567,8", "1234567.8", "1.2345678"),
    ],
)
def test_an_amount_that_can_be_read_in_two_ways_names_both(text: str, one: str, other: str) -> None:
    with pytest.raises(ValueError, match="can be read as") as asked:
        read_amount(text)
    assert f"“{text}” can be read as {one} or as {other}:" in str(asked.value)


@given(st.decimals(-(10**9), 10**9, places=2, allow_nan=False))
def test_two_decimals_are_read_alike_with_a_comma_and_with_a_point(value: Decimal) -> None:
    assert read_amount(str(value).replace(".", ",")) == read_amount(str(value)) == value


@pytest.mark.parametrize(
    ("text", "currency", "value"),
    [
        ("1,500", "JPY", "1500"), ("1,240.50", "EUR", "1240.50"), ("1.240,50", "EUR", "1240.50"),
        ("1,234,567", "EUR", "1234567"), ("1,500.250", "KWD", "1500.250"), ("12,5", "EUR", "12.5"), ("7", "JPY", "7"),
    ],
)  # fmt: skip
def test_a_sum_that_can_be_paid_in_one_reading_alone_is_that(text: str, currency: str, value: str) -> None:
    assert read_cash(text, currency) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "currency"),
    [("1,500", "KWD"), ("0,125", "EUR"), ("12,34.5", "EUR"), ("1234,567", "EUR"), ("1 500", "JPY"), ("-1,500", "JPY")],
)
def test_a_sum_in_doubt_is_not_taken_for_cash(text: str, currency: str) -> None:
    with pytest.raises(ValueError, match="“"):
        read_cash(text, currency)


@given(AMOUNTS, st.sampled_from(["EUR", "JPY"]))
def test_cash_is_read_as_it_is_shown(value: Decimal, currency: str) -> None:
    paid = in_currency(abs(value), currency)
    assert read_cash(exact_money(paid, currency).split()[0], currency) == paid


@given(st.integers(0, 999_999), st.integers(0, 999))
def test_a_comma_before_three_digits_is_never_read_unasked(whole: int, part: int) -> None:
    with pytest.raises(ValueError, match="can be read as"):
        read_amount(f"{whole},{part:03}")


def test_due_on_16_june_is_overdue_from_17_june_where_the_customer_is_billed() -> None:
    assert overdue_from(date(2026, 6, 16), "Europe/Berlin") == datetime(2026, 6, 16, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "zone", "instant"),
    [
        (date(2026, 3, 29), "Europe/Berlin", "2026-03-28T23:00:00+00:00"),
        (date(2026, 3, 30), "Europe/Berlin", "2026-03-29T22:00:00+00:00"),
        (date(2026, 11, 1), "America/New_York", "2026-11-01T04:00:00+00:00"),
        (date(2026, 11, 2), "America/New_York", "2026-11-02T05:00:00+00:00"),
    ],
)
def test_a_day_begins_rightly_around_changes_of_the_clocks(day: date, zone: str, instant: str) -> None:
    assert start_of(day, zone) == datetime.fromisoformat(instant)
    assert day_in(zone, start_of(day, zone)) == day


@pytest.mark.parametrize(
    ("text", "folded"),
    [(" Café  LINDGREN ", "cafe lindgren"), ("STRASSE", "strasse"), ("Straße", "strasse"), ("Ａｂｃ", "abc")],
)
def test_text_is_folded_alike_whatever_the_database(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


def test_a_phone_number_is_its_digits() -> None:
    assert fold_phone("+49 (30) 123-45") == "493012345"


@pytest.mark.parametrize(
    ("company", "first", "last", "shown"),
    [("Acme", "Ann", "Lee", "Acme"), ("", "Ann", "Lee", "Ann Lee"), (" ", "", "Lee", "Lee"), ("", "", "", "C-1")],
)
def test_a_customer_is_called_by_company_person_or_id(company: str, first: str, last: str, shown: str) -> None:
    name = display_name(company_name=company, first_name=first, last_name=last, customer_code="C-1")
    assert name == shown
