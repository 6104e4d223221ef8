"""Which rate prices a number, why, and what a use costs by it."""

from decimal import Decimal

import pytest

from data_access.base.text.parsing import a_dialled_number, a_prefix
from data_access.domain.usage.pasted_rates import read_pasted
from data_access.domain.usage.rating import LookUp, PricedPrefix, Rated, Use, longest, price_of

D = Decimal
ORIGINAL = (PricedPrefix("12", "Twelve", D("0.02")), PricedPrefix("420", "Czechia", D("0.20")))
OVERRIDE = (PricedPrefix("1204", "Manitoba", D("0.01")),)


def asked(number: str, original: tuple[PricedPrefix, ...], override: tuple[PricedPrefix, ...] | None) -> LookUp:
    over = None if override is None else Rated("Special", longest(number, override))
    return LookUp(number, Rated("Standard", longest(number, original)), over)


@pytest.mark.parametrize(
    ("number", "price", "why"),
    [
        ("12035550100", "0.02", "12 of Standard is the only prefix that fits: Special has none."),
        ("12045550100", "0.01", "The longer prefix wins: 1204 of Special against 12 of Standard."),
        ("420123456", "0.20", "420 of Standard is the only prefix that fits: Special has none."),
    ],
)
def test_the_longer_prefix_of_two_tariffs_wins(number: str, price: str, why: str) -> None:
    """The example of domain 4.13."""
    found = asked(number, ORIGINAL, OVERRIDE)
    assert price_of(Use(number, seconds=60), found).amount == D(price)
    assert found.why == why


@pytest.mark.parametrize(
    ("override", "winner", "why"),
    [
        (("12",), "Special", "Both tariffs have the prefix 12: the override tariff Special wins."),
        (("1",), "Standard", "The longer prefix wins: 12 of Standard against 1 of Special."),
        (None, "Standard", "12 is the longest prefix of Standard that fits; no tariff overrides it."),
    ],
)
def test_equal_prefixes_are_won_by_the_override(override: tuple[str, ...] | None, winner: str, why: str) -> None:
    over = None if override is None else tuple(PricedPrefix(one, "Special", D(1)) for one in override)
    found = asked("1203", ORIGINAL, over)
    assert (found.winner and found.winner.tariff, found.why) == (winner, why)


@pytest.mark.parametrize(
    ("override", "why"),
    [
        (None, "No prefix of Standard fits 77."),
        (OVERRIDE, "No prefix of Standard or of Special fits 77."),
    ],
)
def test_a_number_without_a_prefix_has_no_price(override: tuple[PricedPrefix, ...] | None, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        price_of(Use("77", seconds=1), asked("77", ORIGINAL, override))


@pytest.mark.parametrize(
    ("first", "following", "free", "seconds", "charged"),
    [
        (1, 1, 0, 61, 61),
        (60, 60, 0, 1, 60),
        (60, 60, 0, 60, 60),
        (60, 60, 0, 61, 120),
        (30, 6, 0, 30, 30),
        (30, 6, 0, 31, 36),
        (30, 6, 0, 36, 36),
        (30, 6, 0, 37, 42),
        (60, 60, 10, 10, 0),
        (60, 60, 10, 11, 60),
        (60, 60, 10, 70, 60),
        (60, 60, 10, 71, 120),
        (1, 1, 5, 4, 0),
    ],
)
def test_calls_are_charged_by_whole_intervals(
    first: int, following: int, free: int, seconds: int, charged: int
) -> None:
    rate = PricedPrefix("1", "One", D(1), None, first, following, free)
    assert rate.charged_seconds(seconds) == charged


@pytest.mark.parametrize(
    ("price", "seconds", "amount"),
    [("0.02", 61, "0.02033"), ("0.00003", 30, "0.00002"), ("0.00001", 29, "0"), ("12", 1, "0.2"), ("0", 3600, "0")],
)
def test_a_call_is_rounded_to_the_fifth_decimal(price: str, seconds: int, amount: str) -> None:
    assert PricedPrefix("1", "One", D(price)).price_of_call(seconds) == D(amount)


def test_messages_have_a_price_of_their_own_or_none() -> None:
    sold, unsold = PricedPrefix("49", "Germany", D(1), D("0.07")), PricedPrefix("43", "Austria", D(1))
    rates = (sold, unsold)
    price = price_of(Use("4915", messages=3), asked("4915", rates, None))
    assert (price.amount, price.by.destination) == (D("0.21"), "Germany")
    with pytest.raises(ValueError, match=r"^Standard has no price of a message to Austria \(43\)\.$"):
        price_of(Use("4366", messages=1), asked("4366", rates, None))


@pytest.mark.parametrize(
    ("use", "service", "quantity", "says"),
    [
        (Use("1", seconds=90), "Calls", "1.5", "90 seconds"),
        (Use("1", seconds=1), "Calls", "0.01667", "1 second"),
        (Use("1", messages=2), "Messages", "2", "2 messages"),
    ],
)
def test_quotas_count_a_call_in_minutes_and_messages_by_the_piece(
    use: Use, service: str, quantity: str, says: str
) -> None:
    assert (use.service, use.quantity, use.says) == (service, D(quantity), says)


@pytest.mark.parametrize(
    ("typed", "digits"),
    [("+49 (151) 234-56", "4915123456"), ("0049.151/23456", "4915123456"), ("112", "112"), ("420", "420")],
)
def test_a_dialled_number_is_read_whatever_stands_between_its_digits(typed: str, digits: str) -> None:
    assert a_dialled_number(typed) == digits


@pytest.mark.parametrize("typed", ["", "  ", "sip:ann", "1" * 16, "١٢٣", "00"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=r"Write the number with its country code"):
        a_dialled_number(typed)


@pytest.mark.parametrize("typed", ["+49", "49 15", "x", "٤٩"])
def test_a_prefix_is_digits_alone(typed: str) -> None:
    with pytest.raises(ValueError, match="Write the prefix in digits alone"):
        a_prefix(typed)


@pytest.mark.parametrize(
    ("pasted", "rows"),
    [
        ("49\tGermany\t0.02\n\n43;Austria;0,03;;60", [
            {"prefix": "49", "destination": "Germany", "price": "0.02"},
            {"prefix": "43", "destination": "Austria", "price": "0,03", "first_seconds": "60"},
        ]),
        ("Prefix,Destination,Price\n1,America,0.01", [{"prefix": "1", "destination": "America", "price": "0.01"}]),
        ("1,America,0.01,,1,1,0,what", [
            {"prefix": "1", "destination": "America", "price": "0.01", "first_seconds": "1", "next_seconds": "1",
             "free_seconds": "0", "value 8": "what"},
        ]),
        (" \n", []),
    ],
)  # fmt: skip
def test_pasted_rates_are_read_by_the_line(pasted: str, rows: list[dict[str, str]]) -> None:
    assert list(read_pasted(pasted)) == rows
