"""Services that recur: subscriptions begun, changed and finished, numbers assigned and released."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from data_access.base.clock import day_in, long_day
from data_access.base.errors import Invalid, NotFound, Rejected, Stale
from data_access.base.permissions import Permission, who_can
from data_access.base.statuses import RUNNING, BillStatus
from data_access.models.customers import Customer
from data_access.models.services import Activation, Subscription, SubscriptionPlan
from data_access.services.billing.closing import close_due
from data_access.services.billing.recurring_charges import charge_ahead, refuse_beyond_funds
from data_access.services.ending import reckon
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

_CUSTOMER, _SUBSCRIPTION, _NUMBER = "The customer", "The subscription", "The number"
_HIGHEST_PERCENT = 1000


@dataclass(frozen=True, slots=True)
class SubscriptionSaved:
    subscription_id: int
    customer_id: int
    version: int


def _saved(row: Subscription) -> SubscriptionSaved:
    return SubscriptionSaved(row.id, row.customer_id, row.version)


@dataclass(frozen=True, kw_only=True)
class AddSubscription(Command[SubscriptionSaved]):
    """Subscribes a customer to a plan of its currency, from today or a later day; what is charged in advance is booked.

    Rejected for a prepaid customer whose funds must cover the fee and do not.
    """

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = SubscriptionSaved

    customer_id: int
    plan_id: int
    started_on: date | None = None
    fee_percent: int = 100

    def apply(self, work: UnitOfWork) -> SubscriptionSaved:
        customer = work.lock(Customer, self.customer_id, called=_CUSTOMER)
        refuse_unless_running(customer, "A subscription")
        today = day_in(customer.billing_zone, work.now)
        started_on = self.started_on or today
        _refuse_input({"started_on": started_on < today}, self.fee_percent)
        plan = _plan(work, customer, self.plan_id)
        row = work.add(
            Subscription(
                customer_id=customer.id, plan_id=plan.id, fee_percent=self.fee_percent, started_on=started_on,
                activated_on=started_on if plan.activation is Activation.ON_START else None,
            )
        )  # fmt: skip
        if customer.bill_status is BillStatus.OPEN:
            refuse_beyond_funds(work, customer)
            charge_ahead(work, customer)
        return _saved(row)


def refuse_unless_running(customer: Customer, what: str) -> None:
    """Rejected for who is terminated or exported."""
    if customer.bill_status not in RUNNING:
        raise Rejected(
            f"The customer is {customer.bill_status.label.lower()}: {what.lower()} can be given to a running customer "
            f"only. {who_can(Permission.CUSTOMER_TERMINATE).capitalize()} can bring back one that is not gone for good."
        )


def _refuse_input(in_the_past: dict[str, bool], percent: int) -> None:
    complaints = {field: "Choose today or a later day." for field, is_past in in_the_past.items() if is_past}
    if not 0 <= percent <= _HIGHEST_PERCENT:
        complaints["fee_percent"] = f"Between 0, which is free, and {_HIGHEST_PERCENT} percent of the plan's fee."
    if complaints:
        raise Invalid(complaints)


def _plan(work: UnitOfWork, customer: Customer, plan_id: int) -> SubscriptionPlan:
    plan = work.session.scalars(work.select(SubscriptionPlan).where(SubscriptionPlan.id == plan_id)).one_or_none()
    if plan is None:
        raise NotFound("The plan")
    if not plan.is_offered:
        raise Rejected(f"{plan.name} is no longer offered. {who_can(Permission.CLASS_EDIT).capitalize()} can offer it.")
    if plan.currency != customer.currency:
        raise Rejected(f"{plan.name} is sold in {plan.currency}; the customer is billed in {customer.currency}.")
    return plan


@dataclass(frozen=True, kw_only=True)
class ChangeSubscription(Command[SubscriptionSaved]):
    """Changes the percentage of the fee, from the next charge on, and the start of a subscription still to come."""

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = SubscriptionSaved

    subscription_id: int
    version: int
    fee_percent: int
    started_on: date | None = None

    def apply(self, work: UnitOfWork) -> SubscriptionSaved:
        row, today = _lock(work, self.subscription_id)
        if row.version != self.version:
            raise Stale(_SUBSCRIPTION)
        started_on = self.started_on or row.started_on
        is_moved = started_on != row.started_on
        _refuse_input({"started_on": is_moved and started_on < today}, self.fee_percent)
        if is_moved and row.started_on <= today:
            raise Rejected("The subscription has begun: its start cannot be moved any more.")
        if not is_moved and row.fee_percent == self.fee_percent:
            raise Rejected("Nothing was changed, so nothing was saved.")
        row.fee_percent, row.started_on = self.fee_percent, started_on
        if is_moved and row.activated_on is not None:
            row.activated_on = started_on
        row.version += 1
        return _saved(row)


@dataclass(frozen=True, kw_only=True)
class FinishSubscription(Command[SubscriptionSaved]):
    """Ends a subscription after a day, today if none is given; what was charged ahead beyond it is credited."""

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = SubscriptionSaved

    subscription_id: int
    finished_on: date | None = None

    def apply(self, work: UnitOfWork) -> SubscriptionSaved:
        row, today = _lock(work, self.subscription_id)
        customer = work.lock(Customer, row.customer_id, called=_CUSTOMER)
        finished_on = self.finished_on or today
        _refuse_input({"finished_on": finished_on < today}, row.fee_percent)
        row.finished_on = finished_on
        row.version += 1
        close_due(work, customer)
        reckon(work, customer)
        return _saved(row)


def _lock(work: UnitOfWork, subscription_id: int) -> tuple[Subscription, date]:
    query = work.select(Subscription).where(Subscription.id == subscription_id)
    seen = work.session.scalars(query).one_or_none()
    if seen is None:
        raise NotFound(_SUBSCRIPTION)
    customer = work.lock(Customer, seen.customer_id, called=_SUBSCRIPTION)
    refuse_unless_running(customer, "A change of a subscription")
    row = work.lock(Subscription, subscription_id, called=_SUBSCRIPTION)
    today = day_in(customer.billing_zone, work.now)
    if row.finished_on is not None and row.finished_on < today:
        raise Rejected(f"The subscription ended on {long_day(row.finished_on)}.")
    return row, today
