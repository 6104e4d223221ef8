"""Changing a customer's status, now or on a planned day: every change is a row of the table of moves."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import ClassVar

from data_access.base.clock import Days, day_in, from_day
from data_access.base.errors import Invalid, Rejected
from data_access.base.permissions import Permission
from data_access.domain.entered.days_ahead import TEN_YEARS, TOO_FAR
from data_access.domain.lifecycle import Need, facts_of
from data_access.domain.moves import MOVES, Move, move_named
from data_access.models.customers import Customer
from data_access.models.history import InvoiceRequest, PlannedMove, PlanState, RequestState
from data_access.services.billing.closing import close_and_move
from data_access.services.facts.fees_of_customer import class_of
from data_access.services.promising import promise, promised_amount
from data_access.services.status_changes import terms_for
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class StatusChanged:
    customer_id: int
    event_id: int
    bill_status: str


@dataclass(frozen=True, slots=True)
class Planned:
    customer_id: int
    plan_id: int


@dataclass(frozen=True, kw_only=True)
class ChangeStatus(Command[StatusChanged]):
    """Makes one move of the table: the status facts change, an event tells it, a midterm invoice may be asked for.

    `promise_amount`: what the customer promised to pay before a lift of the suspension ends.
    """

    needs: ClassVar = Permission.CUSTOMER_READ
    result_type: ClassVar = StatusChanged

    customer_id: int
    move: str
    day: date | None = None
    confirm_customer_code: str = ""
    midterm_invoice: bool = False
    promise_amount: Decimal | None = None

    def permission(self) -> Permission:
        move = MOVES.get(self.move)
        return self.needs if move is None or move.by_system else move.permission

    def apply(self, work: UnitOfWork) -> StatusChanged:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        move = move_named(self.move, facts_of(customer))
        _refuse_missing(self, move, customer)
        terms = terms_for(work, customer, class_of(work, customer), work.actor, self.day)
        event = close_and_move(work, customer, move, terms, reason=work.order.reason, login=work.actor.login)
        if self.midterm_invoice:
            _request_midterm(work, customer)
        if self.promise_amount is not None and customer.suspension_lifted_until is not None:
            amount = promised_amount(self.promise_amount, customer, "promise_amount")
            promise(work, customer, amount, customer.suspension_lifted_until)
        return StatusChanged(customer.id, event.id, customer.bill_status.value)


def _refuse_missing(order: ChangeStatus, move: Move, customer: Customer) -> None:
    complaints = {}
    if Need.REASON in move.needs and not order.reason.strip():
        complaints["reason"] = "Give the reason: it is kept in the history of the customer."
    if Need.DATE in move.needs and order.day is None:
        complaints["day"] = "Give the date."
    if Need.CUSTOMER_ID in move.needs and order.confirm_customer_code.strip() != customer.customer_code:
        complaints["confirm_customer_code"] = f"Type the Customer ID, {customer.customer_code}, to confirm."
    if order.promise_amount is not None and not move.lifts_suspension:
        complaints["promise_amount"] = "A promise goes with a lift of the suspension only."
    if order.midterm_invoice and not move.midterm:
        complaints["midterm_invoice"] = "A midterm invoice is offered with a termination only."
    if complaints:
        raise Invalid(complaints)


def _request_midterm(work: UnitOfWork, customer: Customer) -> None:
    waiting = work.select(InvoiceRequest).where(
        InvoiceRequest.customer_id == customer.id, InvoiceRequest.state == RequestState.REQUESTED
    )
    if work.session.scalars(waiting).first() is None:
        work.add(InvoiceRequest(customer_id=customer.id, requested_at=work.now, login=work.actor.login))


@dataclass(frozen=True, kw_only=True)
class PlanMove(Command[Planned]):
    """Plans a move for a later day; one plan of a kind at a time."""

    needs: ClassVar = Permission.CUSTOMER_TERMINATE
    result_type: ClassVar = Planned

    customer_id: int
    move: str
    due_on: date

    def apply(self, work: UnitOfWork) -> Planned:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        move = move_named(self.move, facts_of(customer))
        _refuse_plan(self, work, move, customer)
        plan = PlannedMove(
            customer_id=customer.id, move=move.name, due_on=self.due_on, login=work.actor.login,
            reason=self.reason, planned_at=work.now,
        )  # fmt: skip
        return Planned(customer.id, work.add(plan).id)


def _refuse_plan(order: PlanMove, work: UnitOfWork, move: Move, customer: Customer) -> None:
    if not move.can_be_planned:
        raise Rejected(f"{move.label} cannot be planned ahead: make it on the day.")
    if not order.reason.strip():
        raise Invalid({"reason": "Give the reason: it is kept in the history of the customer."})
    _refuse_day(work, customer, order.due_on)
    same = work.select(PlannedMove).where(
        PlannedMove.customer_id == customer.id, PlannedMove.move == move.name, PlannedMove.state == PlanState.PLANNED
    )
    if work.session.scalars(same).first() is not None:
        raise Rejected(f"{move.label} is already planned: move that plan to another day or cancel it.")


def _refuse_day(work: UnitOfWork, customer: Customer, due_on: date) -> None:
    today = day_in(customer.billing_zone, work.now)
    misfit = plannable(today).misfit(due_on)
    if misfit is not None:
        raise Invalid({"due_on": misfit})


def plannable(today: date) -> Days:
    """The days that a change can be planned for, where it is `today` now."""
    tomorrow, last = today + timedelta(days=1), today + TEN_YEARS
    return from_day(tomorrow, "A plan is for a day in the future", last, TOO_FAR)


@dataclass(frozen=True, kw_only=True)
class MovePlan(Command[Planned]):
    """Puts a planned move on another day."""

    needs: ClassVar = Permission.CUSTOMER_TERMINATE
    result_type: ClassVar = Planned

    plan_id: int
    due_on: date

    def apply(self, work: UnitOfWork) -> Planned:
        plan, customer = _lock_plan(work, self.plan_id)
        _refuse_day(work, customer, self.due_on)
        plan.due_on = self.due_on
        return Planned(customer.id, plan.id)


@dataclass(frozen=True, kw_only=True)
class CancelPlan(Command[Planned]):
    """Cancels a planned move; its row stays in the history."""

    needs: ClassVar = Permission.CUSTOMER_TERMINATE
    result_type: ClassVar = Planned

    plan_id: int

    def apply(self, work: UnitOfWork) -> Planned:
        plan, customer = _lock_plan(work, self.plan_id)
        plan.state = PlanState.CANCELLED
        return Planned(customer.id, plan.id)


def _lock_plan(work: UnitOfWork, plan_id: int) -> tuple[PlannedMove, Customer]:
    seen = work.session.scalars(work.select(PlannedMove).where(PlannedMove.id == plan_id)).one_or_none()
    customer = work.lock(Customer, seen.customer_id if seen else 0, called="The planned change")
    plan = work.lock(PlannedMove, plan_id, called="The planned change")
    if plan.state is not PlanState.PLANNED:
        raise Rejected(f"This planned change is already {plan.state}.")
    return plan, customer
