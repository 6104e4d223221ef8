"""Subscriptions, numbers and plans: a customer's recurring charges, and what can be sold."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar

from data_access.base.money import ZERO
from data_access.base.permissions import Permission
from data_access.domain.billing.recurring_fees import Running, Subscribed
from data_access.domain.billing.subscription_terms import term_ends_on
from data_access.models.card.additional import AdditionalInfo
from data_access.models.services import Activation, Adjustment, ChargeModel, Subscription, SubscriptionPlan
from data_access.queries.customer_context import customer_context
from data_access.services.facts.fees_of_customer import running_fees
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_MOST = 200


class SubscriptionState(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """One subscription. `fee` is what the next charge is calculated with: the plan's, adjusted or not.

    `current_fee`: what it costs in the running period, None where none runs; `next_fee` in the one after.
    `term_ends_on`: the last day of its minimum term, where a penalty is charged for closing before.
    """

    subscription_id: int
    version: int
    plan_id: int
    name: str
    public_name: str
    state: SubscriptionState
    plan_fee: Decimal
    adjustment: Adjustment
    fee_percent: int
    fee: Decimal
    current_fee: Decimal | None
    next_fee: Decimal
    currency: str
    charge_model: ChargeModel
    activation: Activation
    started_on: date
    activated_on: date | None
    finished_on: date | None
    charged_until: date | None
    term_ends_on: date | None
    penalty: Decimal


@dataclass(frozen=True)
class SubscriptionsOf(Query[tuple[SubscriptionRow, ...]]):
    """The subscriptions of a customer, those that ended last; otherwise by their start."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> tuple[SubscriptionRow, ...]:
        context = customer_context(reader, self.customer_id)
        query = (
            visible(Subscription, reader.actor)
            .join(SubscriptionPlan, SubscriptionPlan.id == Subscription.plan_id)
            .outerjoin(AdditionalInfo, AdditionalInfo.customer_id == Subscription.customer_id)
            .where(Subscription.customer_id == self.customer_id)
            .add_columns(SubscriptionPlan, AdditionalInfo.discount_rate)
            .order_by(Subscription.started_on, Subscription.id)
            .limit(_MOST)
        )
        running = running_fees(reader, context.customer)
        found = [Subscribed(row, plan, rate or ZERO) for row, plan, rate in reader.session.execute(query)]
        rows = [_subscription(one, running, context.today) for one in found]
        return tuple(sorted(rows, key=lambda row: row.state is SubscriptionState.CLOSED))


def _subscription(one: Subscribed, running: Running | None, today: date) -> SubscriptionRow:
    row, plan, state = one.row, one.plan, _state(one.row, today)
    is_over = state is SubscriptionState.CLOSED or (running is not None and running.is_over_by_the_next(one))
    return SubscriptionRow(
        subscription_id=row.id,
        version=row.version,
        plan_id=row.plan_id,
        name=plan.name,
        public_name=plan.public_name,
        state=state,
        plan_fee=plan.fee,
        adjustment=row.adjustment,
        fee_percent=row.fee_percent,
        fee=one.fee,
        current_fee=None if running is None else running.of_period(one),
        next_fee=ZERO if is_over else one.fee,
        currency=plan.currency,
        charge_model=plan.charge_model,
        activation=plan.activation,
        started_on=row.started_on,
        activated_on=row.activated_on,
        finished_on=row.finished_on,
        charged_until=row.charged_until,
        term_ends_on=term_ends_on(row.activated_on, plan) if plan.cancellation_penalty else None,
        penalty=plan.cancellation_penalty,
    )


def _state(row: Subscription, today: date) -> SubscriptionState:
    if row.finished_on is not None and row.finished_on < today:
        return SubscriptionState.CLOSED
    is_active = row.activated_on is not None and row.activated_on <= today
    return SubscriptionState.ACTIVE if is_active else SubscriptionState.PENDING


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A plan as it is sold."""

    plan_id: int
    version: int
    name: str
    public_name: str
    currency: str
    fee: Decimal
    charge_model: ChargeModel
    activation: Activation
    charge_while_suspended: bool
    credit_suspended: bool
    credit_blocked: bool
    credit_no_funds: bool
    minimum_months: int
    cancellation_penalty: Decimal
    is_offered: bool


@dataclass(frozen=True)
class Plans(Query[tuple[PlanRow, ...]]):
    """The plans, by name: all, or those of a currency that are offered."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    offered_in: str = ""

    def run(self, reader: Reader) -> tuple[PlanRow, ...]:
        plan = SubscriptionPlan
        asked = visible(plan, reader.actor)
        if self.offered_in:
            asked = asked.where(plan.currency == self.offered_in, plan.is_offered)
        columns: tuple[Any, ...] = (
            plan.id, plan.version, plan.name, plan.public_name, plan.currency, plan.fee, plan.charge_model,
            plan.activation, plan.charge_while_suspended, plan.credit_suspended, plan.credit_blocked,
            plan.credit_no_funds, plan.minimum_months, plan.cancellation_penalty, plan.is_offered,
        )  # fmt: skip
        rows = reader.session.execute(asked.with_only_columns(*columns).order_by(plan.name_key, plan.id).limit(_MOST))
        return tuple(PlanRow(*row) for row in rows)
