"""Billing periods as they go: closed with their fees and their invoice, and the next one begun."""

from dataclasses import dataclass
from typing import ClassVar

from data_access.base.errors import Rejected
from data_access.base.permissions import Permission
from data_access.base.statuses import RUNNING, BillStatus
from data_access.models.customers import BillingPeriod, Customer
from data_access.services.billing.closing import close_due
from data_access.services.billing.recurring_charges import begin_period, charge_ahead, charge_day_by_day
from data_access.services.facts.fees_of_customer import waits_for_funds
from data_access.services.settlement import resume_with_funds
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

_CALLED = "The customer"


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
    """Gives a customer another billing period; it begins when the running one ends."""

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = PeriodChanged

    customer_id: int
    billing_period: BillingPeriod

    def apply(self, work: UnitOfWork) -> PeriodChanged:
        customer = work.lock(Customer, self.customer_id, called=_CALLED)
        if customer.bill_status not in RUNNING:
            raise Rejected(
                f"The customer is {customer.bill_status.label.lower()}: its billing period cannot be changed."
            )
        customer.billing_period = self.billing_period
        return PeriodChanged(customer.id, customer.billing_period.value)
