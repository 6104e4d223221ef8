"""Taxes: the amount of each, added to prices or included in them, rounded as the class says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from data_access.base.money import ZERO
from data_access.models.taxation import TaxWay

_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Rate:
    """A tax and its per cent; of an exemption the reason, at zero."""

    name: str
    percent: Decimal

    @property
    def label(self) -> str:
        return f"{self.name} {self.percent.normalize():f} %"


@dataclass(frozen=True, slots=True)
class Taxation:
    """How amounts are taxed. Without rates nothing is told of taxes."""

    way: TaxWay = TaxWay.INCLUDED
    rates: tuple[Rate, ...] = ()


UNTAXED = Taxation()


@dataclass(frozen=True, slots=True)
class Tax:
    """One tax on an amount: `amount` is what it comes to on `base`, which holds no tax."""

    way: TaxWay
    rate: Rate
    base: Decimal
    amount: Decimal

    @property
    def added(self) -> Decimal:
        """What it puts on top."""
        return self.amount if self.way is TaxWay.ADDED else ZERO


def taxes_on(charged: Decimal, by: Taxation, rounding: Callable[[Decimal], Decimal]) -> tuple[Tax, ...]:
    """The taxes on what is charged. Each is rounded by itself, as it stands on the invoice."""
    if by.way is TaxWay.INCLUDED:
        return _taken_out(charged, by.rates, rounding)
    return tuple(Tax(by.way, rate, charged, rounding(charged * rate.percent / _WHOLE)) for rate in by.rates)


def _taken_out(charged: Decimal, rates: Sequence[Rate], rounding: Callable[[Decimal], Decimal]) -> tuple[Tax, ...]:
    whole = _WHOLE + sum((rate.percent for rate in rates), ZERO)
    amounts = [rounding(charged * rate.percent / whole) for rate in rates]
    net = charged - sum(amounts, ZERO)
    return tuple(Tax(TaxWay.INCLUDED, rate, net, amount) for rate, amount in zip(rates, amounts, strict=True))
