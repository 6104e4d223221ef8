"""Allowances: what a person may book in each currency, as it is typed and stored: `EUR 50 200, JPY 5000 20000`."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from data_access.base.money import CURRENCIES, ZERO, decimals_of, exact_money, read_amount

_FORM = "Write a limit as its currency, the most at a time and the most in 24 hours, such as EUR 50 200."


@dataclass(frozen=True, slots=True, order=True)
class Allowance:
    """The most at a time and in 24 hours, in one currency. Nothing in both is no allowance."""

    currency: str
    per_booking: Decimal
    per_day: Decimal

    def __str__(self) -> str:
        return f"{self.currency} {self.per_booking.normalize():f} {self.per_day.normalize():f}"

    @property
    def says(self) -> str:
        """In words: `50.00 EUR at a time, 200.00 EUR in 24 hours`."""
        at_once, a_day = (exact_money(part, self.currency) for part in (self.per_booking, self.per_day))
        return f"{at_once} at a time, {a_day} in 24 hours"


def written(allowances: Iterable[Allowance]) -> str:
    """As it is typed, by currency."""
    return ", ".join(str(one) for one in sorted(allowances) if one.per_booking or one.per_day)


def read_allowances(text: str) -> tuple[Allowance, ...]:
    """By currency; those of nothing are left out. ValueError for anything that is no limit."""
    found = [_read(part.split()) for part in text.split(",") if part.strip()]
    currencies = [one.currency for one in found]
    twice = next((one for one in currencies if currencies.count(one) > 1), None)
    if twice is not None:
        raise ValueError(f"{twice} has two limits: a currency has one.")
    return tuple(sorted(one for one in found if one.per_booking or one.per_day))


def _read(words: list[str]) -> Allowance:
    if len(words) != 3:
        raise ValueError(_FORM)
    currency, *amounts = words
    if currency not in CURRENCIES:
        raise ValueError(f"{currency[:10]} is not a currency in use here. {_FORM}")
    return Allowance(currency, *(_amount(amount, currency) for amount in amounts))


def _amount(text: str, currency: str) -> Decimal:
    value = read_amount(text)
    if value < ZERO:
        raise ValueError("A limit cannot be negative; 0 allows nothing.")
    if value != value.quantize(Decimal(1).scaleb(-decimals_of(currency))):
        raise ValueError(f"{currency} has {decimals_of(currency) or 'no'} decimals; {text} has more.")
    return value
