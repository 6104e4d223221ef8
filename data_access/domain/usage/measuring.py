"""Measuring: the level of a parameter over some time, and what it costs.

An average is one over time, not over samples: each value counts for as long as it held. Samples come when something
changes as well as by the clock, some are lost, and a burst of them is no more of the service; an average of samples
would charge for how often it was looked.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext

from data_access.base.clock import start_of
from data_access.base.measured_parameters import ChargeBasis, MeasuredParameter
from data_access.base.money import SCALE, ZERO
from data_access.domain.billing.periods import Period
from data_access.domain.billing.proration import share
from data_access.models.usage.measuring import MEASURED_ROWS

_SMALLEST = Decimal(1).scaleb(-SCALE)
_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)
_DIGITS = 60


@dataclass(frozen=True, slots=True)
class Sample:
    """What was counted at an instant."""

    at: datetime
    value: int


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """Some time, its first instant inside, its last one not."""

    first: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class MeasuredTerms:
    """What is charged for a parameter. `row_id`: of the customer's own terms; None: they are those of the class."""

    parameter: MeasuredParameter
    basis: ChargeBasis
    price: Decimal
    free_items: int
    rate_code: str
    service: str
    row_id: int | None = None


@dataclass(frozen=True, slots=True)
class MeasuredLevel:
    """What a parameter came to over some time, by each basis; the average to the fifth decimal."""

    average: Decimal
    maximum: int
    minimum: int

    def by(self, basis: ChargeBasis) -> Decimal:
        """The figure that is charged; zero where nothing is."""
        return {
            ChargeBasis.NONE: ZERO,
            ChargeBasis.AVERAGE: self.average,
            ChargeBasis.MAXIMUM: Decimal(self.maximum),
            ChargeBasis.MINIMUM: Decimal(self.minimum),
        }[basis]


def spans_of(days: Iterable[date], zone: str) -> list[TimeSpan]:
    """The time of some days in a zone; days that follow each other are one span."""
    spans: list[TimeSpan] = []
    for day in days:
        first, end = start_of(day, zone), start_of(day + _DAY, zone)
        if spans and spans[-1].end == first:
            spans[-1] = TimeSpan(spans[-1].first, end)
        else:
            spans.append(TimeSpan(first, end))
    return spans


def level(samples: Sequence[Sample], spans: Iterable[TimeSpan]) -> MeasuredLevel | None:
    """The level over some spans; None where nothing had been counted by their end.

    `samples` in the order of time, with the last one before the spans. What was before the first one is left out.
    """
    held = [piece for span in spans for piece in _held(samples, span)]
    if not held:
        return None
    time = sum(length for _, length in held)
    with localcontext(prec=_DIGITS):
        average = (Decimal(sum(value * length for value, length in held)) / time).quantize(_SMALLEST, ROUND_HALF_UP)
    values = [value for value, _ in held]
    return MeasuredLevel(average, max(values), min(values))


def _held(samples: Sequence[Sample], span: TimeSpan) -> Iterator[tuple[int, int]]:
    """Each value that held in a span, and for how many microseconds."""
    for place, sample in enumerate(samples):
        following = samples[place + 1].at if place + 1 < len(samples) else span.end
        length = (min(following, span.end) - max(sample.at, span.first)) // _MICROSECOND
        if length > 0:
            yield sample.value, length


def measured_price(terms: MeasuredTerms, charged: Decimal, whole: Period, days: Iterable[date]) -> Decimal:
    """What a level costs for some days of the period that the price is meant for, the free items taken off."""
    items = max(charged - terms.free_items, ZERO)
    with localcontext(prec=_DIGITS):
        price = (items * terms.price).quantize(_SMALLEST, ROUND_HALF_UP)
    return share(price, whole, days)


def in_force(own: Iterable[MeasuredTerms], of_class: Iterable[MeasuredTerms]) -> list[MeasuredTerms]:
    """The terms of each parameter that has some, in the order of the list: the customer's own before the class's."""
    found: Mapping[MeasuredParameter, MeasuredTerms] = {
        **{terms.parameter: terms for terms in of_class},
        **{terms.parameter: terms for terms in own},
    }
    return [found[parameter] for parameter in MeasuredParameter if parameter in found]


def of_rows(text: str) -> list[MeasuredTerms]:
    """The terms that a class gives."""
    return [
        MeasuredTerms(
            **{column.name: column.read(cell) for column, cell in zip(MEASURED_ROWS.columns, row, strict=True)}
        )
        for row in MEASURED_ROWS.split(text)
    ]
