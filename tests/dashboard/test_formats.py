"""What people read: who owes whom, limits, dates and shares."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dashboard.kit import formats
from data_access.base.money import CURRENCIES, exact_money

TODAY = date(2026, 12, 9)


@pytest.mark.parametrize(
    ("balance", "words"),
    [
        ("120", "owes 120.00 EUR"),
        ("-30", "30.00 EUR in credit"),
        ("0", "0.00 EUR, nothing owed"),
        ("-0", "0.00 EUR, nothing owed"),
        ("1234567.895", "owes 1,234,567.90 EUR"),
        ("0.004", "owes under 0.01 EUR"),
        ("-0.004", "under 0.01 EUR in credit"),
    ],
)
def test_a_balance_says_who_owes_whom(balance: str, words: str) -> None:
    assert formats.owes(Decimal(balance), "EUR") == words


@pytest.mark.parametrize(
    ("currency", "words"), [("JPY", "1,241 JPY"), ("EUR", "1,240.50 EUR"), ("KWD", "1,240.500 KWD")]
)
def test_money_has_the_decimals_of_its_currency(currency: str, words: str) -> None:
    assert formats.money(Decimal("1240.5"), currency) == words


@pytest.mark.parametrize(
    ("amount", "words"),
    [("23.61693", "23.61693 EUR"), ("23.60000", "23.60 EUR"), ("1000", "1,000.00 EUR"), ("-0.00100", "-0.001 EUR")],
)
def test_a_ledger_shows_every_stored_decimal(amount: str, words: str) -> None:
    assert formats.exact_money(Decimal(amount), "EUR") == words


@given(some.decimals(min_value=-(10**11), max_value=10**11, places=5), some.sampled_from(CURRENCIES))
def test_a_refusal_writes_money_as_the_screen_does(amount: Decimal, currency: str) -> None:
    assert exact_money(amount, currency) == formats.exact_money(amount, currency)


def test_money_that_is_no_decimal_is_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        formats.money(1.5, "EUR")  # type: ignore[arg-type]  # the very mistake under test


@pytest.mark.parametrize(
    ("funds", "words"),
    [
        (Decimal("12.4"), "12.40 EUR available"),
        (Decimal(0), "0.00 EUR available"),
        (Decimal(-5), "nothing available, 5.00 EUR short"),
        (None, "no limit"),
    ],
)
def test_funds_say_what_is_left(funds: Decimal | None, words: str) -> None:
    assert formats.available(funds, "EUR") == words


@pytest.mark.parametrize(("prepaid", "words"), [(True, "12.40 EUR available"), (False, "12.40 EUR in credit")])
def test_a_customer_shows_the_figure_of_its_kind(prepaid: bool, words: str) -> None:
    assert formats.standing_money(Decimal("-12.4"), "EUR", prepaid=prepaid) == words


@pytest.mark.parametrize(
    ("credit_limit", "prepaid", "words"),
    [
        (Decimal(1000), False, "1,000.00 EUR"),
        (Decimal(0), False, "0.00 EUR"),
        (None, False, "no limit"),
        (None, True, "prepaid, no credit"),
    ],
)
def test_a_limit_is_never_blank(credit_limit: Decimal | None, prepaid: bool, words: str) -> None:
    assert formats.limit(credit_limit, "EUR", prepaid=prepaid) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [("0.826", "83 %"), ("1", "100 %"), ("0.999", "99 %"), ("1.001", "101 %"), ("12.5", "1,250 %"), ("0", "0 %")],
)
def test_only_the_whole_is_a_hundred_per_cent(share: str, words: str) -> None:
    assert formats.percent(Decimal(share)) == words


@pytest.mark.parametrize(
    ("on", "words"),
    [
        (date(2026, 12, 9), "today"),
        (date(2026, 12, 10), "tomorrow"),
        (date(2026, 12, 8), "yesterday"),
        (date(2026, 12, 12), "in 3 days"),
        (date(2026, 11, 16), "23 days ago"),
        (date(2022, 12, 9), "1,461 days ago"),
    ],
)
def test_a_date_is_told_from_today(on: date, words: str) -> None:
    assert formats.relative(on, TODAY) == words


def test_a_date_is_unmistakable() -> None:
    assert formats.day_and_distance(date(2026, 12, 12), TODAY) == "12 Dec 2026, in 3 days"


@pytest.mark.parametrize(
    ("zone", "words"), [("Europe/Berlin", "13 Dec 2026, 00:30"), ("America/New_York", "12 Dec 2026, 18:30")]
)
def test_a_moment_is_shown_in_its_zone(zone: str, words: str) -> None:
    assert formats.moment(datetime(2026, 12, 12, 23, 30, tzinfo=UTC), zone) == words


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        formats.moment(datetime(2026, 12, 12), "UTC")  # noqa: DTZ001  the very mistake under test


@pytest.mark.parametrize(
    ("amount", "days", "words"), [("84.1", 23, "23 days, 84.10 EUR"), ("84.1", 1, "1 day, 84.10 EUR"), ("0", 0, "")]
)
def test_overdue_says_how_long_and_how_much(amount: str, days: int, words: str) -> None:
    assert formats.overdue(Decimal(amount), days, "EUR") == words


@pytest.mark.parametrize(
    ("of", "balance", "prepaid", "words"),
    [
        (1, "5", False, "owes 5.00 EUR"),
        (2, "5", False, "together they owe 5.00 EUR"),
        (2, "-5", False, "together 5.00 EUR in credit"),
        (2, "0", False, "together 0.00 EUR, nothing owed"),
        (1, "-5", True, "5.00 EUR available"),
        (2, "-5", True, "together 5.00 EUR available"),
    ],
)
def test_what_some_owe_agrees_with_how_many_they_are(of: int, balance: str, prepaid: bool, words: str) -> None:
    assert formats.together(of, Decimal(balance), "EUR", prepaid=prepaid) == words


def test_counts_agree_with_their_noun() -> None:
    assert [formats.counted(n, "customer") for n in (0, 1, 3268)] == ["0 customers", "1 customer", "3,268 customers"]
    assert formats.counted(2, "class", "classes") == "2 classes"


@given(some.decimals(min_value=-(10**12), max_value=10**12, places=5), some.sampled_from(["JPY", "EUR", "KWD"]))
def test_no_debt_ever_reads_as_nothing(balance: Decimal, currency: str) -> None:
    assert formats.owes(balance, currency).startswith("owes") == (balance > 0)
    assert formats.owes(balance, currency).endswith("in credit") == (balance < 0)
