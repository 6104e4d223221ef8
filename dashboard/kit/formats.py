"""Formats: money, limits, dates and shares in the words that people read."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from data_access.base.clock import short_day, short_moment
from data_access.base.money import exact_money as exact_money
from data_access.base.money import in_currency, smallest
from data_access.base.text.numerals import counted as counted

day, moment = short_day, short_moment  # what stands in a table or a caption is short
NO_LIMIT = "no limit"
NET = " net of credits"
PREPAID = "prepaid"
_HUNDRED = Decimal(100)


def money(amount: Decimal, currency: str) -> str:
    """The amount at the currency's own number of decimals: 1,240.50 EUR, 1,241 JPY, 1,240.500 KWD."""
    return f"{in_currency(amount, currency):,f} {currency}"


def owes(balance: Decimal, currency: str, *, of: int = 1) -> str:
    """Who owes whom; a positive balance is a debt of the customer, or of so many together."""
    if balance > 0:
        return f"{'owes' if of == 1 else 'owe'} {_at_least_something(balance, currency)}"
    if balance < 0:
        return f"{_at_least_something(-balance, currency)} in credit"
    return f"{money(balance, currency)}, nothing owed"


def available(funds: Decimal | None, currency: str) -> str:
    """What is left to spend; None is a customer without a limit."""
    if funds is None:
        return NO_LIMIT
    if funds < 0:
        return f"nothing available, {_at_least_something(-funds, currency)} short"
    return f"{money(funds, currency)} available" if funds == 0 else f"{_at_least_something(funds, currency)} available"


def standing_money(balance: Decimal, currency: str, *, prepaid: bool) -> str:
    """The one figure that fits the customer: funds of a prepaid one, the balance of a postpaid one."""
    return available(-balance, currency) if prepaid else owes(balance, currency)


def together(of: int, balance: Decimal, currency: str, *, prepaid: bool = False, is_net: bool = False) -> str:
    """The one figure of some customers in a sentence: `together they owe 5.00 EUR`; of one it is the customer's own.

    `is_net`: some of them are in credit, which makes it less than the others owe.
    """
    alone = standing_money(balance, currency, prepaid=prepaid)
    if of == 1:
        return alone
    if balance <= 0 or prepaid:
        return f"together {alone}"
    return f"together they {owes(balance, currency, of=of)}{NET if is_net else ''}"


def limit(credit_limit: Decimal | None, currency: str, *, prepaid: bool) -> str:
    """The credit limit; none is said, never left blank."""
    if prepaid:
        return "prepaid, no credit"
    return NO_LIMIT if credit_limit is None else money(credit_limit, currency)


def percent(share: Decimal) -> str:
    """A share as whole per cent; what is not the whole never reads 100 %."""
    whole = (share * _HUNDRED).quantize(Decimal(1), ROUND_HALF_UP)
    if whole == _HUNDRED and share != 1:
        whole += 1 if share > 1 else -1
    return f"{whole:,f} %"


def number(count: int) -> str:
    return f"{count:,}"


def relative(on: date, today: date) -> str:
    """today, tomorrow, yesterday, in 3 days, 23 days ago."""
    days = (on - today).days
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}
    if days in near:
        return near[days]
    return f"in {number(days)} days" if days > 0 else f"{number(-days)} days ago"


def day_and_distance(on: date, today: date) -> str:
    """12 Dec 2026, in 3 days."""
    return f"{day(on)}, {relative(on, today)}"


def overdue(amount: Decimal, days: int, currency: str) -> str:
    """23 days, 84.10 EUR; empty when nothing is overdue."""
    return f"{counted(days, 'day')}, {_at_least_something(amount, currency)}" if amount > 0 else ""


def _at_least_something(amount: Decimal, currency: str) -> str:
    """Half a cent is not nothing: it reads “under 0.01 EUR”, so that no debt looks like none."""
    if in_currency(amount, currency):
        return money(amount, currency)
    return f"under {money(smallest(currency), currency)}"
