"""Automatic changes of a customer: terminations on their date, planned changes on their day."""

from dataclasses import dataclass
from typing import ClassVar

from data_access.base.clock import day_in
from data_access.base.permissions import SYSTEM, Permission
from data_access.base.statuses import BillStatus
from data_access.domain.lifecycle import facts_of
from data_access.domain.moves import MOVES
from data_access.models.customers import Customer
from data_access.models.history import PlannedMove, PlanState
from data_access.services.billing.closing import close_and_move
from data_access.services.facts.fees_of_customer import class_of
from data_access.services.status_changes import terms_for
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

_WINDOW_ENDED, _ON_ITS_DATE = "The time for reactivation has run out.", "The termination date has come."


@dataclass(frozen=True, slots=True)
class LifeEnded:
    """`ended` 0: it was not due any more, and nothing was done."""

    customer_id: int
    ended: int


@dataclass(frozen=True, slots=True)
class PlanCarriedOut:
    """`state`: what became of the plan; still planned when its day has not come."""

    customer_id: int
    plan_id: int
    state: str


@dataclass(frozen=True, kw_only=True)
class EndLife(Command[LifeEnded]):
    """Terminates a customer permanently whose date has come; its DIDs are released."""

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = LifeEnded

    customer_id: int

    def apply(self, work: UnitOfWork) -> LifeEnded:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        facts, move = facts_of(customer), MOVES["close"]
        today = day_in(customer.billing_zone, work.now)
        if move.misfit(facts) is not None or facts.terminate_on is None or facts.terminate_on > today:
            return LifeEnded(customer.id, 0)
        terms = terms_for(work, customer, class_of(work, customer), SYSTEM)
        is_provisional = facts.bill_status is BillStatus.PROVISIONALLY_TERMINATED
        reason = _WINDOW_ENDED if is_provisional else _ON_ITS_DATE
        close_and_move(work, customer, move, terms, reason=reason, login=SYSTEM.login)
        return LifeEnded(customer.id, 1)


@dataclass(frozen=True, kw_only=True)
class CarryOutPlan(Command[PlanCarriedOut]):
    """Makes a planned change on its day, in the name of who planned it; one that cannot be made keeps the reason.

    The plan stands also when its author has lost the right since: whoever has it can cancel the plan.
    """

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = PlanCarriedOut

    plan_id: int

    def apply(self, work: UnitOfWork) -> PlanCarriedOut:
        seen = work.session.scalars(work.select(PlannedMove).where(PlannedMove.id == self.plan_id)).one_or_none()
        customer = work.lock(Customer, seen.customer_id if seen else 0, called="The planned change")
        plan = work.lock(PlannedMove, self.plan_id, called="The planned change")
        if plan.state is PlanState.PLANNED and plan.due_on <= day_in(customer.billing_zone, work.now):
            _make(work, customer, plan)
        return PlanCarriedOut(customer.id, plan.id, plan.state.value)


def _make(work: UnitOfWork, customer: Customer, plan: PlannedMove) -> None:
    move = MOVES[plan.move]
    why_not = move.refusal(facts_of(customer))
    if why_not is not None:
        plan.state, plan.why_impossible = PlanState.IMPOSSIBLE, why_not
        return
    plan.state = PlanState.DONE  # before the move: afterwards it would be one more plan that has become impossible
    terms = terms_for(work, customer, class_of(work, customer), work.actor)
    close_and_move(work, customer, move, terms, reason=plan.reason, login=plan.login)
