"""Proration: a fee for some days of a period, what it is after a discount, and how an invoice total is rounded."""

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal

from data_access.base.money import SCALE, ZERO
from data_access.domain.billing.periods import Period
from data_access.models.classes.customer_classes import Rounding

_SMALLEST = Decimal(1).scaleb(-SCALE)


def adjusted(fee: Decimal, percent: Decimal | int) -> Decimal:
    """So many percent of a fee: 100 as it stands, 0 for nothing."""
    return (fee * percent / 100).quantize(_SMALLEST, ROUND_HALF_UP)


def share(fee: Decimal, whole: Period, days: Iterable[date]) -> Decimal:
    """What a fee is for some days of the period that it is meant for. The shares of all days add up to the fee."""
    return sum((_of_day(fee, whole, (day - whole.first).days) for day in days), ZERO)


def _of_day(fee: Decimal, whole: Period, place: int) -> Decimal:
    return _before(fee, whole, place + 1) - _before(fee, whole, place)


def _before(fee: Decimal, whole: Period, days: int) -> Decimal:
    """What the first days come to; days are the differences of these sums, so that nothing is lost in rounding."""
    return (fee * days / whole.length).quantize(_SMALLEST, ROUND_HALF_EVEN)


def rounded(total: Decimal, method: Rounding, decimals: int) -> Decimal:
    """The total of an invoice at its precision; a negative total mirrors a positive one."""
    unit = Decimal(1).scaleb(-decimals)
    match method:
        case Rounding.AWAY_FROM_ZERO:
            return total.quantize(unit, ROUND_UP)
        case Rounding.HALF_AWAY_FROM_ZERO:
            return total.quantize(unit, ROUND_HALF_UP)
        case Rounding.TO_FIVE:
            return _to_five(abs(total), unit).copy_sign(total)


def _to_five(total: Decimal, unit: Decimal) -> Decimal:
    """The last digit 0 to 2 becomes 0, 3 to 7 becomes 5, 8 and 9 the next ten; what is smaller is cut off before."""
    units = int(total.quantize(unit, ROUND_DOWN) / unit)
    last = units % 10
    return (units - last + (0 if last <= 2 else 5 if last <= 7 else 10)) * unit
