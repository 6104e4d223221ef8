"""Measured fees: the charges for a customer's measured services on days that ended and are not charged yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Select, func

from data_access.base.bookings import Kind
from data_access.base.clock import start_of
from data_access.base.measured_parameters import ChargeBasis, MeasuredParameter
from data_access.base.permissions import Actor
from data_access.base.text.masking import unmasked
from data_access.domain.billing.periods import Period
from data_access.domain.billing.recurring_fees import Running, reference, referred, spell
from data_access.domain.usage.measuring import (
    MeasuredTerms,
    Sample,
    TimeSpan,
    in_force,
    level,
    measured_price,
    of_rows,
    spans_of,
)
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.models.money import Transaction
from data_access.models.usage.measuring import MeasuredSample, MeasuredService
from data_access.services.facts.fees_of_customer import IDS, Looks
from data_access.store.confined import made_once
from data_access.store.scope import visible
from data_access.store.unit_of_work import of_customers

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class MeasuredFee:
    """A charge for some days of a period; `charged`: the figure that it rests on."""

    terms: MeasuredTerms
    charged: Decimal
    amount: Decimal
    days: Period

    @property
    def reference(self) -> str:
        return reference(_key(self.terms.parameter), self.days)

    @property
    def says(self) -> str:
        """As it stands on the invoice."""
        terms = self.terms
        free = f", {terms.free_items:,} free" if terms.free_items else ""
        code = f" ({terms.rate_code})" if terms.rate_code else ""
        figure = f"{terms.basis.label.lower()} {self.charged.normalize() + 0:,f}"
        return f"{terms.parameter.label}{code}, {figure}{free}, {spell(self.days)}"


def _key(parameter: MeasuredParameter) -> str:
    return f"Measured {parameter.value}"


def terms_of(look: Looks, customer: Customer, of_class: CustomerClass) -> list[MeasuredTerms]:
    """What is charged for each parameter: by the customer's own terms, or by those of the class."""
    names = [name for name in MeasuredTerms.__dataclass_fields__ if name != "row_id"]
    rows = look.of(_own_terms, customer.id)
    own = [MeasuredTerms(**{name: getattr(row, name) for name in names}, row_id=row.id) for row in rows]
    return in_force(own, of_rows(of_class.measured_services))


@of_customers(MeasuredService)
def _own_terms(look: Looks, ids: Sequence[int]) -> Mapping[int, list[MeasuredService]]:
    found = {key: list[MeasuredService]() for key in ids}
    for row in look.session.scalars(_own_services(look.actor), {"ids": ids}):
        found[row.customer_id].append(row)
    return found


@made_once
def _own_services(actor: Actor) -> Select[MeasuredService]:
    mine = visible(MeasuredService, actor).where(MeasuredService.customer_id.in_(IDS))
    return mine.where(MeasuredService.removed_at.is_(None)).order_by(MeasuredService.id)


def measured_fees(
    look: Looks, customer: Customer, of_class: CustomerClass, running: Running, through: date
) -> list[MeasuredFee]:
    """The charges for the days until one. Days on which the customer was gone, or nothing was counted yet, are free."""
    charged = [terms for terms in terms_of(look, customer, of_class) if terms.basis is not ChargeBasis.NONE]
    booked = _booked(look, customer, running.running) if charged else {}
    found = (_fee(look, customer, running, terms, booked.get(_key(terms.parameter)), through) for terms in charged)
    return [fee for fee in found if fee is not None]


def _booked(look: Looks, customer: Customer, running: Period) -> dict[str, date]:
    """The last day that is charged already, by parameter; that of a reversed charge too."""
    query = visible(Transaction, look.actor).where(
        Transaction.customer_id == customer.id, Transaction.kind == Kind.MEASURED_CHARGE,
        Transaction.value_on.between(running.first, running.last), Transaction.takes_nothing_back(),
    )  # fmt: skip
    rows = look.session.scalars(query.with_only_columns(unmasked(Transaction.reference)).order_by(Transaction.id))
    return {key: days.last for key, days in map(referred, rows)}


def _fee(
    look: Looks, customer: Customer, running: Running, terms: MeasuredTerms, charged_until: date | None, through: date
) -> MeasuredFee | None:
    first = running.running.first if charged_until is None else charged_until + _DAY
    days = [
        day for day in Period(first, min(through, running.running.last)).days() if not running.days.state(day).is_gone
    ]
    samples = samples_over(look, customer.id, terms.parameter, spans_of(days, customer.billing_zone))
    days = [day for day in days if samples and start_of(day + _DAY, customer.billing_zone) > samples[0].at]
    found = level(samples, spans_of(days, customer.billing_zone))
    if found is None:
        return None
    figure = found.by(terms.basis)
    return MeasuredFee(terms, figure, measured_price(terms, figure, running.whole, days), Period(days[0], days[-1]))


def samples_over(
    look: Looks, customer_id: int, parameter: MeasuredParameter, spans: Sequence[TimeSpan]
) -> list[Sample]:
    """What was counted over some spans, in the order of time, with the last sample before them."""
    if not spans:
        return []
    mine = visible(MeasuredSample, look.actor).where(
        MeasuredSample.customer_id == customer_id, MeasuredSample.parameter == parameter
    )
    before = mine.where(MeasuredSample.at <= spans[0].first).with_only_columns(func.max(MeasuredSample.at))
    since = func.coalesce(before.scalar_subquery(), spans[0].first)
    query = mine.where(MeasuredSample.at >= since, MeasuredSample.at < spans[-1].end).order_by(MeasuredSample.at)
    rows = look.session.execute(query.with_only_columns(MeasuredSample.at, MeasuredSample.value))
    return [Sample(row.at, row.value) for row in rows]
