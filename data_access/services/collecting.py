"""Collection: what is due about a customer's invoices is done, in the order of the steps, under the customer's lock."""

from datetime import datetime

from data_access.base.clock import long_day
from data_access.base.permissions import SYSTEM
from data_access.base.statuses import SuspensionCause
from data_access.domain.collections.dunning import Due, notice_key, step_at
from data_access.domain.collections.pacing import due, with_taken
from data_access.domain.collections.visiting import lift_ends
from data_access.domain.lifecycle import facts_of
from data_access.domain.moves import MOVES, OF_STEP, Move
from data_access.domain.notices import Fact, Notice
from data_access.models.collection import Step
from data_access.models.customers import Customer
from data_access.services.ending import make_move
from data_access.services.lateness import record, take_overdue
from data_access.services.outbox import Valid, notify
from data_access.services.settlement import rejudge
from data_access.services.status_changes import earliest_visit, own_cases, system_terms
from data_access.store.unit_of_work import UnitOfWork

_NOTICE_OF = {
    Step.REMIND: Notice.REMINDER,
    Step.OVERDUE: Notice.OVERDUE,
    Step.RESEND: Notice.INVOICE_AGAIN,
    Step.WARN_LIMIT: Notice.LIMITATION_AHEAD,
    Step.WARN_SUSPEND: Notice.SUSPENSION_AHEAD,
    Step.WARN_TERMINATE: Notice.TERMINATION_AHEAD,
}
_SAYS_DAY = frozenset({Step.WARN_LIMIT, Step.WARN_SUSPEND, Step.WARN_TERMINATE})


def collect(work: UnitOfWork, customer: Customer) -> list[Step]:
    """Does what is due now and gives it in order; nothing due, nothing done. Afterwards the next visit is known."""
    _end_lift(work, customer)
    cases = own_cases(work, customer)
    taken = due(cases, facts_of(customer), work.now)
    take_overdue(work, customer, taken)
    for one in taken:
        if one.step in OF_STEP:
            _act(work, customer, one)
        elif one.is_told:
            _notify(work, customer, one)
        if one.step is not Step.OVERDUE:
            record(work, customer, one)
        cases = with_taken(cases, one, work.now)
    customer.collect_at = earliest_visit(cases, customer, work.now)
    return [one.step for one in taken]


def _end_lift(work: UnitOfWork, customer: Customer) -> None:
    """A lift that has run out: suspended again when still unpaid, resumed when nothing is overdue."""
    if not lift_ends(facts_of(customer), work.now):
        return
    if customer.suspension_cause is SuspensionCause.COLLECTION and not customer.is_overdue(work.now):
        rejudge(work, customer)
        return
    _move(work, customer, MOVES["suspend_again"], "The lift has run out, and nothing has ended the suspension.")


def _act(work: UnitOfWork, customer: Customer, one: Due) -> None:
    _move(work, customer, OF_STEP[one.step], why_taken(one))


def why_taken(one: Due) -> str:
    """The reason for an action, as the history of the customer keeps it."""
    return f"Invoice {one.bill.number}, due on {long_day(one.bill.due_on)}, is not paid."


def _move(work: UnitOfWork, customer: Customer, move: Move, reason: str) -> None:
    make_move(work, customer, move, system_terms(work, customer), reason=reason, login=SYSTEM.login)


def _notify(work: UnitOfWork, customer: Customer, one: Due) -> None:
    bill, dated = one.bill, one.dated
    facts: dict[str, Fact] = {"number": bill.number, "due_on": bill.due_on, "amount": bill.open}
    if one.step in _SAYS_DAY:
        facts["day"] = one.action_day
    key = notice_key(work.order.command_id, bill.invoice_id, dated.step, dated.days)
    valid = Valid(until=_true_until(one), open_invoice=bill.invoice_id)
    notify(work, customer, _NOTICE_OF[one.step], key=key, valid=valid, **facts)


def _true_until(one: Due) -> datetime | None:
    """A reminder says when the invoice is due, a warning what will be done on a day."""
    if one.step is Step.REMIND:
        return one.bill.overdue_from
    return step_at(one.action_day, one.bill.policy, one.case.place) if one.step in _SAYS_DAY else None
