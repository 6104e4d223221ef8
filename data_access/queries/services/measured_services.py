"""Measured services of a customer: what each parameter costs, and what was counted, by the day and value by value."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from data_access.base.clock import day_in, start_of
from data_access.base.measured_parameters import ChargeBasis, MeasuredParameter
from data_access.base.permissions import Permission
from data_access.domain.billing.periods import Period
from data_access.domain.editing import edit_refusal
from data_access.domain.usage.measuring import MeasuredLevel, MeasuredTerms, Sample, TimeSpan, level, spans_of
from data_access.models.usage.measuring import MeasuredSample
from data_access.queries.customer_context import customer_context
from data_access.services.facts.fees_of_customer import running_fees
from data_access.services.facts.usage.measured_fees import MeasuredFee, measured_fees, samples_over, terms_of
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

DAYS_BACK = 92
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class MeasuredRow:
    """A parameter with its terms, its newest value, and what the running period would be charged by now.

    `so_far` None: nothing is charged, or nothing was counted in the period. `refusal`: why nothing can be edited.
    """

    terms: MeasuredTerms
    newest: Sample | None
    so_far: MeasuredFee | None
    currency: str
    refusal: str

    @property
    def record_id(self) -> int:
        """Of the customer's own terms; 0: they are those of the class."""
        return self.terms.row_id or 0


@dataclass(frozen=True)
class MeasuredServicesOf(Query[tuple[MeasuredRow, ...]]):
    """The parameters that a customer has terms for, its own or those of its class, in the order of their list."""

    needs: ClassVar = Permission.CUSTOMER_READ

    customer_id: int

    def run(self, reader: Reader) -> tuple[MeasuredRow, ...]:
        context = customer_context(reader, self.customer_id)
        customer, of_class = context.customer, context.of_class
        every = terms_of(reader, customer, of_class)
        running = running_fees(reader, customer) if any(one.basis is not ChargeBasis.NONE for one in every) else None
        today = day_in(customer.billing_zone, reader.now)
        fees = [] if running is None else measured_fees(reader, customer, of_class, running, today)
        so_far = {fee.terms.parameter: fee for fee in fees}
        refusal = edit_refusal(customer.bill_status) or ""
        return tuple(
            MeasuredRow(
                terms, _newest(reader, customer.id, terms.parameter), so_far.get(terms.parameter), customer.currency,
                refusal,
            )
            for terms in every
        )  # fmt: skip


def _newest(reader: Reader, customer_id: int, parameter: MeasuredParameter) -> Sample | None:
    found = samples_over(reader, customer_id, parameter, [TimeSpan(reader.now, reader.now)])
    return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class DayLevel:
    """What a parameter came to on a day where the customer is billed."""

    day: date
    level: MeasuredLevel


@dataclass(frozen=True)
class CountedParameters(Query[tuple[MeasuredParameter, ...]]):
    """Which parameters were ever counted of a customer."""

    needs: ClassVar = Permission.CUSTOMER_READ

    customer_id: int

    def run(self, reader: Reader) -> tuple[MeasuredParameter, ...]:
        mine = visible(MeasuredSample, reader.actor).where(MeasuredSample.customer_id == self.customer_id)
        counted = set(reader.session.scalars(mine.with_only_columns(MeasuredSample.parameter).distinct()))
        return tuple(one for one in MeasuredParameter if one in counted)


@dataclass(frozen=True)
class DailyLevels(Query[tuple[DayLevel, ...]]):
    """The levels of a parameter on each of the last three months' days that had one, the oldest day first."""

    needs: ClassVar = Permission.CUSTOMER_READ

    customer_id: int
    parameter: MeasuredParameter

    def run(self, reader: Reader) -> tuple[DayLevel, ...]:
        zone = customer_context(reader, self.customer_id).customer.billing_zone
        today = day_in(zone, reader.now)
        days = list(Period(today - DAYS_BACK * _DAY, today).days())
        samples = samples_over(reader, self.customer_id, self.parameter, spans_of(days, zone))
        return tuple(_by_day(samples, days, zone, reader.now))


def _by_day(samples: Sequence[Sample], days: Sequence[date], zone: str, now: datetime) -> list[DayLevel]:
    """Each day by itself; today until now."""
    found, begun = [], 0
    for day in days:
        span = TimeSpan(start_of(day, zone), min(start_of(day + _DAY, zone), now))
        while begun + 1 < len(samples) and samples[begun + 1].at <= span.first:
            begun += 1
        ended = begun
        while ended < len(samples) and samples[ended].at < span.end:
            ended += 1
        own = level(samples[begun:ended], [span])
        if own is not None:
            found.append(DayLevel(day, own))
    return found


@dataclass(frozen=True)
class SamplesOf(Query[tuple[Sample, ...]]):
    """What was counted of a parameter on some days where the customer is billed, with the value that they began with.

    In the order of time.
    """

    needs: ClassVar = Permission.CUSTOMER_READ

    customer_id: int
    parameter: MeasuredParameter
    days: Period

    def run(self, reader: Reader) -> tuple[Sample, ...]:
        zone = customer_context(reader, self.customer_id).customer.billing_zone
        return tuple(samples_over(reader, self.customer_id, self.parameter, spans_of(self.days.days(), zone)))
