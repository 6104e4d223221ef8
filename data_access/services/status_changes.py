"""Status changes on a customer's row: facts read from it, a move made, facts written back, and the event reported."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from data_access.base.clock import day_in
from data_access.base.events import Event
from data_access.base.permissions import LIFT_HORIZON_DAYS, SYSTEM, Actor, can_lift_longer
from data_access.base.statuses import AWAY, BillStatus, SuspensionCause
from data_access.domain.collections.dunning import InvoiceCase, StepCalendar
from data_access.domain.collections.pacing import has_come_to_suspend
from data_access.domain.collections.visiting import safe_visit
from data_access.domain.lifecycle import MoveTerms, StatusFacts, facts_of
from data_access.domain.moves import MOVES, Move
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.models.history import PlannedMove, PlanState, StatusEvent
from data_access.models.numbers import Did
from data_access.services.facts.cases import OpenDebt, debt_of, left_for_what_is_unpaid
from data_access.services.facts.fees_of_customer import Looks, class_of, events_of
from data_access.services.outbox import announce, announce_status, notify_status
from data_access.store.unit_of_work import UnitOfWork


def terms_for(
    look: Looks,
    customer: Customer,
    customer_class: CustomerClass,
    actor: Actor,
    day: date | None = None,
    *,
    cause: SuspensionCause = SuspensionCause.COLLECTION,
) -> MoveTerms:
    """What a move of this customer by this actor is judged by, now."""
    return MoveTerms(
        now=look.now,
        today=day_in(customer.billing_zone, look.now),
        zone=customer.billing_zone,
        overdue=customer.is_overdue(look.now),
        window_days=customer_class.reactivation_window_days,
        suspends=is_suspended_on_return(look, customer),
        day=day,
        horizon_days=LIFT_HORIZON_DAYS.get(actor.role, 0),
        can_lift_longer=can_lift_longer(actor.role),
        cause=cause,
    )


def system_terms(work: UnitOfWork, customer: Customer) -> MoveTerms:
    """What a move of the system is judged by, now."""
    return terms_for(work, customer, class_of(work, customer), SYSTEM)


def is_suspended_on_return(look: Looks, customer: Customer) -> bool:
    """Whether the debt suspends whoever comes back now: its terms do, or it left suspended for what is unpaid still."""
    if not customer.is_overdue(look.now):
        return False
    events = events_of(look, customer) if customer.bill_status in AWAY else ()
    return debt_suspends(customer, debt_of(look, customer), events, look.now)


def debt_suspends(customer: Customer, debt: OpenDebt, events: Sequence[StatusEvent], now: datetime) -> bool:
    """The same of an overdue customer, judged by what was loaded: its status events count if it is away."""
    if customer.bill_status in AWAY and left_for_what_is_unpaid(debt, events, customer.bill_status):
        return True
    return has_come_to_suspend(debt.cases, facts_of(customer), now)


def carry_out(
    work: UnitOfWork, customer: Customer, move: Move, terms: MoveTerms, *, reason: str, login: str
) -> StatusEvent:
    """Makes the move and writes its event. Plans that it makes impossible are marked so at once."""
    before = facts_of(customer)
    after = move.becomes(before, terms)
    for name, value in asdict(after).items():
        if getattr(customer, name) != value:
            setattr(customer, name, value)
    if after.bill_status is BillStatus.PERMANENTLY_TERMINATED:
        _release_dids(work, customer)
    _mark_impossible_plans(work, customer, after)
    visit_next(work, customer)
    event = tell(work, customer, move.name, before.bill_status, until=terms.day, reason=reason, login=login)
    announce_status(work, customer, before, after)
    notify_status(work, customer, before, after, event_id=event.id)
    return event


def visit_next(work: UnitOfWork, customer: Customer) -> None:
    """Keeps when collection has to look at the customer again."""
    customer.collect_at = earliest_visit(own_cases(work, customer), customer, work.now)


def own_cases(look: Looks, customer: Customer) -> Sequence[InvoiceCase]:
    """The cases of collection about the customer's open invoices."""
    return debt_of(look, customer).cases


def earliest_visit(cases: Sequence[InvoiceCase], customer: Customer, now: datetime) -> datetime | None:
    """The next visit of collection, whatever becomes of the holidays ahead."""
    return safe_visit(cases, facts_of(customer), StepCalendar(customer.billing_zone, spread=customer.id), now)


def tell(
    work: UnitOfWork,
    customer: Customer,
    move: str,
    status_from: BillStatus,
    *,
    until: date | None = None,
    reason: str = "",
    login: str,
) -> StatusEvent:
    """The event of a status change that has just been made."""
    return work.add(
        StatusEvent(
            customer_id=customer.id,
            command_id=work.order.command_id,
            at=work.now,
            move=move,
            status_from=status_from,
            status_to=customer.bill_status,
            blocked=customer.blocked,
            until=until,
            login=login,
            reason=reason,
        )
    )


def _release_dids(work: UnitOfWork, customer: Customer) -> None:
    for did in work.session.scalars(work.select(Did).where(Did.customer_id == customer.id)):
        did.customer_id = did.account_id = did.assigned_on = did.charged_until = None
        announce(work, customer, Event.DID_UNASSIGNED, did_id=did.id, number=did.number)


def _mark_impossible_plans(work: UnitOfWork, customer: Customer, facts: StatusFacts) -> None:
    plans = work.select(PlannedMove).where(
        PlannedMove.customer_id == customer.id, PlannedMove.state == PlanState.PLANNED
    )
    for plan in work.session.scalars(plans):
        misfit = MOVES[plan.move].misfit(facts)
        if misfit is not None:
            plan.state, plan.why_impossible = PlanState.IMPOSSIBLE, misfit
