"""Billing periods that are over: each is charged and invoiced by its own dates, and before its customer leaves."""

from data_access.base.clock import day_in
from data_access.base.statuses import BillStatus
from data_access.domain.billing.periods import Period
from data_access.domain.lifecycle import MoveTerms
from data_access.domain.moves import Move
from data_access.models.customers import Customer
from data_access.models.history import StatusEvent
from data_access.models.money import InvoiceType
from data_access.services.billing.invoicing import Heading
from data_access.services.billing.recurring_charges import begin_next_period, charge_ahead, end_periods
from data_access.services.billing.reissuing import issue_again
from data_access.services.discounting import stop_counting
from data_access.services.ending import charge_ended, is_left_by, make_move, reckon
from data_access.services.facts.asking import free_bookings
from data_access.services.facts.fees_of_customer import class_of
from data_access.services.facts.invoicing import closes_periods, creates_invoices, own_invoicing
from data_access.store.unit_of_work import UnitOfWork


def close_due(work: UnitOfWork, customer: Customer) -> list[int]:
    """Closes every period that is due, and says how many invoices each of them made."""
    closed = list[int]()
    if not closes_periods(own_invoicing(work, customer.id)):
        return closed
    while customer.closes_at is not None and customer.closes_at <= work.now:
        closed.append(_close(work, customer))
    return closed


def close_and_move(
    work: UnitOfWork, customer: Customer, move: Move, terms: MoveTerms, *, reason: str, login: str
) -> StatusEvent:
    """Makes a move; before one after which nothing is charged any more, the periods that are due are closed."""
    if is_left_by(move, customer, terms):
        close_due(work, customer)
    return make_move(work, customer, move, terms, reason=reason, login=login)


def _close(work: UnitOfWork, customer: Customer) -> int:
    """Closes the running period by its own dates, however late it is. The last invoice takes all that is left."""
    if customer.period_from is None or customer.period_to is None or customer.closes_at is None:
        raise ValueError("no period runs")
    running = Period(customer.period_from, customer.period_to)
    charge_ended(work, customer, running.last)  # an exported customer gets back what it paid ahead for days elsewhere
    stop_counting(work, customer)
    reckon(work, customer)
    issued = 0
    is_last = (
        customer.terminated_at is not None and day_in(customer.billing_zone, customer.terminated_at) <= running.last
    )
    is_invoiced = creates_invoices(own_invoicing(work, customer.id), class_of(work, customer))
    if customer.bill_status is not BillStatus.EXPORTED and is_invoiced:
        issued_on = day_in(customer.billing_zone, customer.closes_at)
        bookings = [row for row in free_bookings(work, customer.id) if is_last or row.value_on <= running.last]
        issued = len(issue_again(work, customer, Heading(InvoiceType.REGULAR, issued_on, running), bookings))
    if is_last:
        end_periods(customer)
    else:
        begin_next_period(work, customer, running)
        charge_ahead(work, customer, is_new_period=True)
    return issued
