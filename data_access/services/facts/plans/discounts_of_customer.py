"""Volume discounts of a customer: what has counted in the running period, and what is still to be taken off for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, func, or_

from data_access.base.bookings import Kind
from data_access.base.clock import day_in
from data_access.base.money import ZERO
from data_access.base.permissions import Actor
from data_access.base.text.masking import unmasked
from data_access.domain.billing.periods import Period
from data_access.domain.billing.recurring_fees import reference, spell
from data_access.domain.billing.volume_discounts import CountedUse, Progress, progress, read_rules
from data_access.models.customers import Customer
from data_access.models.money import Transaction
from data_access.models.plans.discounts import DiscountAssignment, DiscountPlan
from data_access.models.plans.wallets import WalletUse
from data_access.models.quotas import MeasuredUse, QuotaUse
from data_access.services.facts.fees_of_customer import IDS, Looks
from data_access.services.facts.plans.wallets_of_customer import covered_by
from data_access.store.confined import made_once
from data_access.store.scope import visible
from data_access.store.unit_of_work import of_customers


@dataclass(frozen=True, slots=True)
class Counting:
    """A plan of a customer with how far each of its rules has come in the running period."""

    row: DiscountAssignment
    plan: DiscountPlan
    period: Period
    rules: tuple[Progress, ...]

    @property
    def reference(self) -> str:
        """What its bookings of the period refer to."""
        return reference(f"Discount {self.row.id}", self.period)

    @property
    def window(self) -> Period:
        """The days up to the end of the period whose usage counts under it."""
        return Period(self.row.started_on, min(self.row.ended_on or self.period.last, self.period.last))

    @property
    def runs(self) -> bool:
        """Whether days of the period count."""
        return self.window.within(self.period).length > 0

    def counts(self, used_on: date, recorded_at: datetime) -> bool:
        """Whether usage counts in the period: what arrived late does in the one that runs, once."""
        is_late = self.row.closed_at is None or recorded_at > self.row.closed_at
        return used_on in self.window and (used_on >= self.period.first or is_late)


@dataclass(frozen=True, slots=True)
class Discount:
    """What is to be taken off the usage of a service."""

    service: str
    amount: Decimal
    value_on: date
    reference: str
    says: str


def discounts_of(look: Looks, customer: Customer) -> tuple[Counting, ...]:
    """Its plans that count something in the running period, the newest last; none where no period runs."""
    if customer.period_from is None or customer.period_to is None:
        return ()
    period = Period(customer.period_from, customer.period_to)
    having = [
        Counting(row, plan, period, ())
        for row, plan in look.of(assignments, customer.id)
        if row.started_on <= period.last
    ]
    usage = _usage(look, customer, having) if having else []
    return tuple(_counted(one, usage) for one in having)


@of_customers(DiscountAssignment, takes=lambda known, row: any(one is row for one, _ in known))
def assignments(look: Looks, ids: Sequence[int]) -> Mapping[int, list[tuple[DiscountAssignment, DiscountPlan]]]:
    """The plans that customers have had, each with how it is assigned."""
    found = {key: list[tuple[DiscountAssignment, DiscountPlan]]() for key in ids}
    for row, plan in look.session.execute(_assigned(look.actor), {"ids": ids}):
        found[row.customer_id].append((row, plan))
    return found


@made_once
def _assigned(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        visible(DiscountAssignment, actor)
        .join(DiscountPlan, DiscountPlan.id == DiscountAssignment.plan_id)
        .where(DiscountAssignment.customer_id.in_(IDS))
        .add_columns(DiscountPlan)
        .order_by(DiscountAssignment.id)
    )


def _usage(look: Looks, customer: Customer, having: Sequence[Counting]) -> Sequence[Row[*tuple[Any, ...]]]:
    """The usage charges that may count, in the order of their days; those that were reversed are left out."""
    period = having[0].period
    closed = [one.row.closed_at for one in having]
    first = min(one.row.started_on for one in having)
    since = Transaction.at > min(at for at in closed if at) if all(closed) else Transaction.value_on >= first
    asked = (
        visible(Transaction, look.actor)
        .outerjoin(MeasuredUse, MeasuredUse.transaction_id == Transaction.id)
        .where(Transaction.customer_id == customer.id, Transaction.kind == Kind.USAGE_CHARGE)
        .where(Transaction.unreversed(), Transaction.value_on.between(first, period.last))
        .where(or_(Transaction.value_on >= period.first, since))
        .with_only_columns(
            Transaction.amount, Transaction.value_on, Transaction.at, Transaction.service, MeasuredUse.unit,
            (func.coalesce(MeasuredUse.quantity, ZERO) - covered_by(look, QuotaUse, Transaction.id)
             - covered_by(look, WalletUse, Transaction.id)).label("charged"),
        )
        .order_by(Transaction.value_on, Transaction.id)
    )  # fmt: skip
    return look.session.execute(asked).all()


def _counted(one: Counting, usage: Sequence[Row[*tuple[Any, ...]]]) -> Counting:
    rules = [
        progress(
            rule,
            (
                CountedUse(row.amount, row.charged, row.unit)
                for row in usage
                if row.service == rule.service and one.counts(row.value_on, row.at)
            ),
        )
        for rule in read_rules(one.plan.rules)
    ]
    return Counting(one.row, one.plan, one.period, tuple(rules))


def discounts_due(look: Looks, customer: Customer) -> list[Discount]:
    """What the plans take off by now and is not booked yet. What was booked stays, though its usage be reversed."""
    having = [one for one in discounts_of(look, customer) if any(rule.off for rule in one.rules)]
    booked = _booked(look, customer, having)
    on = min(day_in(customer.billing_zone, look.now), having[0].period.last) if having else None
    return [
        Discount(
            reached.rule.service, reached.off - before, on, one.reference,
            f"{one.plan.name}, {spell(one.period)}",
        )
        for one in having
        for reached in one.rules
        if on and reached.off > (before := booked.get((one.reference, reached.rule.service), ZERO))
    ]  # fmt: skip


def _booked(look: Looks, customer: Customer, having: Sequence[Counting]) -> dict[tuple[str, str], Decimal]:
    """What was taken off in the period before, reversed since or not, by reference and service."""
    if not having:
        return {}
    rows = (
        visible(Transaction, look.actor)
        .where(Transaction.customer_id == customer.id, Transaction.kind == Kind.VOLUME_DISCOUNT)
        .where(Transaction.takes_nothing_back(), Transaction.reference.in_([one.reference for one in having]))
        .with_only_columns(unmasked(Transaction.reference), Transaction.service, func.sum(Transaction.amount))
        .group_by(Transaction.reference, Transaction.service)
    )
    return {(refers_to, service or ""): -amount for refers_to, service, amount in look.session.execute(rows)}
