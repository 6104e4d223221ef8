"""Recurring charges: fees booked for days that ended and in advance, and the billing period that they belong to."""

from datetime import date

from data_access.base.clock import day_in
from data_access.base.errors import Rejected
from data_access.base.money import exact_money
from data_access.base.permissions import SYSTEM
from data_access.base.statuses import BillStatus, SuspensionCause
from data_access.domain.billing.periods import Period, closes_at, earliest_change, next_period, period_from
from data_access.domain.moves import MOVES
from data_access.models.customers import Customer
from data_access.models.numbers import Did
from data_access.services.facts.fees_of_customer import (
    class_of,
    counted_from,
    covers,
    owed,
    running_fees,
    waits_for_funds,
)
from data_access.services.settlement import book_fees, resume_with_funds
from data_access.services.status_changes import carry_out, terms_for
from data_access.store.unit_of_work import UnitOfWork

_TOO_FEW_FUNDS = "The available funds do not cover a fee that is charged in advance."


def begin_period(work: UnitOfWork, customer: Customer) -> None:
    """The first billing period: from today on, whole or not."""
    today = day_in(customer.billing_zone, work.now)
    _run(work, customer, period_from(customer.billing_period, today, counted_from(customer)))


def begin_next_period(work: UnitOfWork, customer: Customer, running: Period) -> None:
    """The period after the running one; on the billing change date it is of another kind, counted from that day."""
    first = earliest_change(running)
    if customer.next_billing_period is not None and customer.billing_change_on == first:
        customer.billing_period, customer.billing_counted_from = customer.next_billing_period, first
        customer.next_billing_period = customer.billing_change_on = None
    following = next_period(customer.billing_period, running, counted_from(customer), customer.billing_change_on)
    _run(work, customer, following)


def _run(work: UnitOfWork, customer: Customer, period: Period) -> None:
    delay = class_of(work, customer).closing_delay_hours
    customer.period_from, customer.period_to = period.first, period.last
    customer.closes_at = closes_at(period, customer.billing_zone, delay)


def end_periods(customer: Customer) -> None:
    """No period follows."""
    customer.period_from = customer.period_to = customer.closes_at = None


def charge_number(work: UnitOfWork, customer: Customer, did: Did, through: date) -> None:
    """Books the fee of one number for the days until one."""
    running = running_fees(work, customer)
    if running is not None:
        fees = [running.held(number, through) for number in running.numbers if number.row is did]
        book_fees(work, customer, [fee for fee in fees if fee is not None])


def charge_day_by_day(work: UnitOfWork, customer: Customer) -> None:
    """Books what is charged progressively until yesterday."""
    running = running_fees(work, customer)
    if running is not None:
        book_fees(work, customer, running.progressive())


def charge_ahead(work: UnitOfWork, customer: Customer, *, is_new_period: bool = False) -> None:
    """Books what is charged in advance; where the funds must cover it and do not, suspends and books nothing.

    Who waits for funds already resumes with a new period if all that is there covers it, credits included.
    """
    if waits_for_funds(customer):
        resume_with_funds(work, customer, with_credits=is_new_period)
        return
    running = running_fees(work, customer)
    fees = [] if running is None else running.in_advance()
    of_class = class_of(work, customer)
    if covers(customer, of_class, fees):
        book_fees(work, customer, fees)
    elif customer.bill_status is BillStatus.OPEN:
        terms = terms_for(work, customer, of_class, SYSTEM, cause=SuspensionCause.INSUFFICIENT_FUNDS)
        carry_out(work, customer, MOVES["suspend"], terms, reason=_TOO_FEW_FUNDS, login=SYSTEM.login)


def refuse_beyond_funds(work: UnitOfWork, customer: Customer) -> None:
    """Rejected when what is charged in advance now is more than the funds that have to cover it."""
    running = running_fees(work, customer)
    fees = [] if running is None else running.in_advance()
    if not covers(customer, class_of(work, customer), fees):
        fee, funds = (exact_money(amount, customer.currency) for amount in (owed(fees), -customer.balance))
        raise Rejected(
            f"The fee until the end of the billing period is {fee}, the available funds are {funds}: this customer is "
            "suspended when they do not cover it. Book a payment first."
        )
