"""Volume discounts of a customer: which plan it has and had, and how far each rule has come in the running period."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from data_access.base.permissions import Permission
from data_access.domain.billing.volume_discounts import Progress
from data_access.models.plans.discounts import DiscountAssignment, DiscountPlan, Readiness
from data_access.queries.customer_context import customer_context
from data_access.services.facts.plans.discounts_of_customer import discounts_of
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_MOST = 200


class DiscountState(StrEnum):
    PENDING = "pending"
    ACTIVE = "active"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class DiscountRow:
    """A plan that a customer has or had; `ended_on` is the last day that counts."""

    discount_id: int
    plan_id: int
    name: str
    state: DiscountState
    started_on: date
    ended_on: date | None


@dataclass(frozen=True)
class DiscountsOf(Query[tuple[DiscountRow, ...]]):
    """The volume discount plans of a customer, the newest first; those withdrawn before they began are left out."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> tuple[DiscountRow, ...]:
        today = customer_context(reader, self.customer_id).today
        row = DiscountAssignment
        query = (
            visible(row, reader.actor)
            .join(DiscountPlan, DiscountPlan.id == row.plan_id)
            .where(row.customer_id == self.customer_id, row.ended_on.is_(None) | (row.ended_on >= row.started_on))
            .with_only_columns(row.id, row.plan_id, DiscountPlan.name, row.started_on, row.ended_on)
            .order_by(row.started_on.desc(), row.id.desc())
            .limit(_MOST)
        )
        return tuple(
            DiscountRow(one.id, one.plan_id, one.name, _state(one.started_on, one.ended_on, today), *one[3:])
            for one in reader.session.execute(query)
        )


def _state(started_on: date, ended_on: date | None, today: date) -> DiscountState:
    if ended_on is not None and ended_on < today:
        return DiscountState.ENDED
    return DiscountState.PENDING if today < started_on else DiscountState.ACTIVE


@dataclass(frozen=True, slots=True)
class RuleReached:
    """How far one rule of a plan has come in the running period."""

    name: str
    currency: str
    reached: Progress


@dataclass(frozen=True)
class DiscountProgress(Query[tuple[RuleReached, ...]]):
    """The rules that count in the running period, by plan and service, with what they take off by now."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> tuple[RuleReached, ...]:
        context = customer_context(reader, self.customer_id)
        return tuple(
            RuleReached(one.plan.name, context.currency, rule)
            for one in discounts_of(reader, context.customer)
            if one.runs
            for rule in one.rules
        )


@dataclass(frozen=True, slots=True)
class PlanOffer:
    """A volume discount plan that can be given to a customer."""

    plan_id: int
    name: str
    rules: str


@dataclass(frozen=True)
class DiscountPlansOffered(Query[tuple[PlanOffer, ...]]):
    """The volume discount plans of a currency that are in use, by name."""

    needs: ClassVar[Permission] = Permission.CUSTOMER_READ
    currency: str

    def run(self, reader: Reader) -> tuple[PlanOffer, ...]:
        plan = DiscountPlan
        query = visible(plan, reader.actor).where(
            plan.currency == self.currency, plan.readiness == Readiness.IN_USE, plan.removed_at.is_(None)
        )
        columns = query.with_only_columns(plan.id, plan.name, plan.rules).order_by(plan.name_key, plan.id).limit(_MOST)
        return tuple(PlanOffer(*row) for row in reader.session.execute(columns))
