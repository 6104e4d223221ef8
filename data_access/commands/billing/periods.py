"""Billing periods as they go: closed with their fees and their invoice, and the next one begun."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from data_access.base.clock import day_in, long_day
from data_access.base.errors import Invalid, Rejected
from data_access.base.permissions import Permission
from data_access.base.statuses import RUNNING, BillStatus
from data_access.domain.billing.periods import COUNTED, Period, earliest_change, is_cut
from data_access.models.customers import BillingPeriod, Customer
from data_access.services.billing.closing import close_due
from data_access.services.billing.recurring_charges import begin_period, charge_ahead, charge_day_by_day
from data_access.services.facts.fees_of_customer import counted_from, waits_for_funds
from data_access.services.settlement import resume_with_funds
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

_CALLED = "The customer"
MOST_AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class PeriodsClosed:
    """How many periods were closed and how many invoices that made."""

    customer_id: int
    closed: int
    invoices: int


@dataclass(frozen=True, kw_only=True)
class ClosePeriod(Command[PeriodsClosed]):
    """Closes every billing period that is due: fees for its days, its regular invoice, and the next one's fees ahead.

    A customer without a running period gets one; nothing happens to one whose period is not due.
    """

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = PeriodsClosed

    customer_id: int

    def apply(self, work: UnitOfWork) -> PeriodsClosed:
        customer = work.lock(Customer, self.customer_id, called=_CALLED)
        if customer.closes_at is None and customer.bill_status is not BillStatus.PERMANENTLY_TERMINATED:
            begin_period(work, customer)
            charge_ahead(work, customer, is_new_period=True)
        closed = close_due(work, customer)
        return PeriodsClosed(customer.id, len(closed), sum(closed))


@dataclass(frozen=True, slots=True)
class FeesCharged:
    customer_id: int
    balance: str
    bill_status: str


def _charged(customer: Customer) -> FeesCharged:
    return FeesCharged(customer.id, f"{customer.balance:f}", customer.bill_status.value)


@dataclass(frozen=True, kw_only=True)
class ChargeFees(Command[FeesCharged]):
    """Books what is charged day by day, and what is charged in advance and has begun since the period did."""

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = FeesCharged

    customer_id: int

    def apply(self, work: UnitOfWork) -> FeesCharged:
        customer = work.lock(Customer, self.customer_id, called=_CALLED)
        if not waits_for_funds(customer):
            charge_day_by_day(work, customer)
            charge_ahead(work, customer)
        return _charged(customer)


@dataclass(frozen=True, kw_only=True)
class CheckFunds(Command[FeesCharged]):
    """Resumes a customer that waits for funds when they cover what is charged in advance; nothing else."""

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = FeesCharged

    customer_id: int

    def apply(self, work: UnitOfWork) -> FeesCharged:
        customer = work.lock(Customer, self.customer_id, called=_CALLED)
        resume_with_funds(work, customer)
        return _charged(customer)


@dataclass(frozen=True, slots=True)
class PeriodChanged:
    customer_id: int
    billing_period: str


@dataclass(frozen=True, kw_only=True)
class ChangeBillingPeriod(Command[PeriodChanged]):
    """Gives a customer another billing period, which begins on its change date: when the running one ends, or later.

    Anniversaries and 30 days are counted from that day, and may begin later. Back to the present one: nothing changes.
    """

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = PeriodChanged

    customer_id: int
    billing_period: BillingPeriod
    change_on: date | None = None

    def apply(self, work: UnitOfWork) -> PeriodChanged:
        customer = work.lock(Customer, self.customer_id, called=_CALLED)
        if customer.bill_status not in RUNNING:
            raise Rejected(
                f"The customer is {customer.bill_status.label.lower()}: its billing period cannot be changed."
            )
        today = day_in(customer.billing_zone, work.now)
        running = Period(customer.period_from or today, customer.period_to or today)
        if is_cut(customer.billing_period, running, counted_from(customer), customer.billing_change_on):
            raise Rejected(
                f"The running billing period ends on {long_day(running.last)} for a change: it cannot be taken back. "
                "Change the billing period again from the day after."
            )
        if self.billing_period is not customer.billing_period:
            customer.next_billing_period = self.billing_period
            customer.billing_change_on = _change_day(self, earliest_change(running))
        elif customer.next_billing_period is None:
            raise Rejected("Nothing was changed, so nothing was saved.")
        else:
            customer.next_billing_period = customer.billing_change_on = None
        return PeriodChanged(customer.id, self.billing_period.value)


def _change_day(order: ChangeBillingPeriod, earliest: date) -> date:
    day = order.change_on or earliest
    if day != earliest and order.billing_period not in COUNTED:
        raise Invalid({"change_on": f"It begins when the running billing period ends, on {long_day(earliest)}."})
    if not earliest <= day <= earliest + MOST_AHEAD:
        raise Invalid({"change_on": f"Choose a day from {long_day(earliest)} on, at most a year later."})
    return day
