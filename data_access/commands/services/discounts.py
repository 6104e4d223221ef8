"""Volume discount plans of customers: one at a time, given and taken away with the day from which that holds."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from data_access.base.clock import day_in, long_day
from data_access.base.errors import Invalid, NotFound, Rejected
from data_access.base.permissions import Permission
from data_access.commands.services.services import refuse_unless_running
from data_access.domain.entered.days_ahead import misfits
from data_access.models.customers import Customer
from data_access.models.plans.discounts import DiscountAssignment, DiscountPlan, Readiness
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

_PLAN, _DISCOUNT = "The volume discount plan", "The volume discount"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DiscountSaved:
    """`day`: the first that counts, or the last."""

    discount_id: int
    customer_id: int
    day: str


@dataclass(frozen=True, kw_only=True)
class AssignDiscountPlan(Command[DiscountSaved]):
    """Gives a customer a volume discount plan of its currency, from today or a later day; usage before does not count.

    Rejected for a draft, and beside another plan.
    """

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = DiscountSaved

    customer_id: int
    plan_id: int
    started_on: date | None = None

    def apply(self, work: UnitOfWork) -> DiscountSaved:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        refuse_unless_running(customer, "A volume discount plan")
        today = day_in(customer.billing_zone, work.now)
        started_on = self.started_on or today
        if wrong := misfits({"started_on": started_on}, today):
            raise Invalid(wrong)
        plan = _plan(work, customer, self.plan_id)
        _refuse_a_second(work, customer, started_on)
        row = work.add(DiscountAssignment(customer_id=customer.id, plan_id=plan.id, started_on=started_on))
        return DiscountSaved(row.id, customer.id, started_on.isoformat())


def _plan(work: UnitOfWork, customer: Customer, plan_id: int) -> DiscountPlan:
    query = work.select(DiscountPlan).where(DiscountPlan.id == plan_id, DiscountPlan.removed_at.is_(None))
    plan = work.session.scalars(query).one_or_none()
    if plan is None:
        raise NotFound(_PLAN)
    if plan.readiness is Readiness.DRAFT:
        who = work.actor.who_can(Permission.CLASS_EDIT).capitalize()
        raise Rejected(f"{plan.name} is a draft: it cannot be given to customers yet. {who} can put it to use.")
    if plan.currency != customer.currency:
        raise Rejected(f"{plan.name} counts in {plan.currency}; the customer is billed in {customer.currency}.")
    return plan


def _refuse_a_second(work: UnitOfWork, customer: Customer, started_on: date) -> None:
    mine = (
        work.select(DiscountAssignment)
        .join(DiscountPlan, DiscountPlan.id == DiscountAssignment.plan_id)
        .where(DiscountAssignment.customer_id == customer.id)
        .add_columns(DiscountPlan.name)
    )
    for row, name in work.session.execute(mine.order_by(DiscountAssignment.id)):
        if row.ended_on is None:
            raise Rejected(f"The customer has the plan {name}, and can have one only: take that away first.")
        if row.started_on <= row.ended_on >= started_on:
            raise Invalid({"started_on": f"{name} counts until {long_day(row.ended_on)}: choose a day after that."})


@dataclass(frozen=True, kw_only=True)
class TakeDiscountPlanAway(Command[DiscountSaved]):
    """Ends the volume discount plan of a customer after a day, today if none is given; one to come is withdrawn.

    What has counted by then is discounted when the billing period closes.
    """

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = DiscountSaved

    discount_id: int
    ended_on: date | None = None

    def apply(self, work: UnitOfWork) -> DiscountSaved:
        query = work.select(DiscountAssignment).where(DiscountAssignment.id == self.discount_id)
        seen = work.session.scalars(query).one_or_none()
        if seen is None:
            raise NotFound(_DISCOUNT)
        customer = work.lock(Customer, seen.customer_id, called=_DISCOUNT)
        refuse_unless_running(customer, "A change of a volume discount")
        row = work.lock(DiscountAssignment, seen.id, called=_DISCOUNT)
        today = day_in(customer.billing_zone, work.now)
        ended_on = self.ended_on or today
        if row.ended_on is not None:
            raise Rejected(f"The plan is taken away already: {long_day(row.ended_on)} is the last day that counts.")
        if wrong := misfits({"ended_on": ended_on}, today):
            raise Invalid(wrong)
        row.ended_on = max(ended_on, row.started_on - _DAY) if row.started_on <= today else row.started_on - _DAY
        row.version += 1
        return DiscountSaved(row.id, customer.id, row.ended_on.isoformat())
