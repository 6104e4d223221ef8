"""Volume discounts: what is taken off what is above a threshold, by amount and by quantity."""

from decimal import Decimal

import pytest

from data_access.domain.billing.volume_discounts import CountedUse, Rule, Tier, progress, read_rules, written
from data_access.models.quotas import Unit

D = Decimal
TIERS = (Tier(D(100), D(5)), Tier(D(500), D(10)))
BY_AMOUNT = Rule("Calls", None, TIERS)
BY_MINUTES = Rule("Calls", Unit.MINUTES, TIERS)


def amounts(*those: str) -> list[CountedUse]:
    return [CountedUse(D(amount)) for amount in those]


@pytest.mark.parametrize(
    ("charged", "off", "rate", "missing"),
    [
        ([], "0", "0", "100"),
        (["99.99"], "0", "0", "0.01"),
        (["100"], "0", "5", "400"),  # the threshold itself is not above it
        (["100.01"], "0.0005", "5", "399.99"),
        (["60", "60"], "1", "5", "380"),
        (["500"], "20", "10", None),
        (["600"], "30", "10", None),
        (["100", "0.0001"], "0.00001", "5", "399.9999"),  # half of the smallest unit is rounded up
    ],
)
def test_what_is_above_a_threshold_is_discounted_by_its_rate(
    charged: list[str], off: str, rate: str, missing: str | None
) -> None:
    found = progress(BY_AMOUNT, amounts(*charged))
    assert (found.off, found.rate, found.missing) == (D(off), D(rate), None if missing is None else D(missing))


def test_a_threshold_of_zero_discounts_from_the_first_on() -> None:
    assert progress(Rule("Calls", None, (Tier(D(0), D(25)),)), amounts("8")).off == 2


@pytest.mark.parametrize(
    ("used", "off", "counted"),
    [
        ([("20", "100", Unit.MINUTES)], "0", "100"),
        ([("20", "100", Unit.MINUTES), ("12", "60", Unit.MINUTES)], "0.6", "160"),
        ([("30", "150", Unit.MINUTES)], "0.5", "150"),  # 50 minutes of 150 cost a third of 30
        ([("20", "100", Unit.MESSAGES), ("9", "0", None)], "0", "0"),  # of another unit, or not measured
        ([("10", "90", Unit.MINUTES), ("30", "30", Unit.MINUTES)], "1.0", "120"),  # each at its own price
        ([("100", "600", Unit.MINUTES)], "5", "600"),  # 400 at 5 and 100 at 10 percent
    ],
)
def test_a_quantity_is_discounted_at_the_price_of_what_is_above(
    used: list[tuple[str, str, Unit | None]], off: str, counted: str
) -> None:
    found = progress(BY_MINUTES, [CountedUse(D(amount), D(quantity), unit) for amount, quantity, unit in used])
    assert (found.off, found.counted) == (D(off), D(counted))


def test_rules_are_read_by_service_the_lowest_threshold_first() -> None:
    text = written(
        [("Calls", "amount", "500", "10"), ("Messages", "messages", "0", "3"), ("Calls", "amount", "100", "5")]
    )
    assert read_rules(text) == (BY_AMOUNT, Rule("Messages", Unit.MESSAGES, (Tier(D(0), D(3)),)))
    assert read_rules("") == ()


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([("Calls", "amount", "1", "5"), ("Calls", "minutes", "2", "5")], "one measure"),
        ([("Calls", "amount", "1", "5"), ("Calls", "amount", "1", "6")], "a row of its own"),
        ([("Calls", "amount", "-1", "5")], "below 0"),
        ([("Calls", "amount", "1", "101")], "above 100"),
        ([("Nothing", "amount", "1", "5")], "Choose the service"),
    ],
)
def test_rules_that_do_not_fit_together_are_refused(rows: list[tuple[str, str, str, str]], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_rules(written(rows))
