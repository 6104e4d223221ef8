"""Services that recur: subscriptions begun, changed and finished, numbers assigned and released."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from data_access.base.bookings import Kind
from data_access.base.clock import day_in, long_day
from data_access.base.errors import Invalid, NotFound, Rejected, Stale
from data_access.base.permissions import Permission
from data_access.base.statuses import BillStatus
from data_access.base.text.numerals import counted
from data_access.domain.billing.recurring_fees import FEES_OF_SUBSCRIPTIONS
from data_access.domain.billing.subscription_terms import is_closed_early
from data_access.domain.editing import refusal_unless_running
from data_access.domain.entered.days_ahead import misfits
from data_access.models.customers import Customer
from data_access.models.money import Transaction
from data_access.models.services import Activation, Adjustment, Subscription, SubscriptionPlan
from data_access.services.billing.closing import close_due
from data_access.services.billing.recurring_charges import charge_ahead, refuse_beyond_funds
from data_access.services.ending import reckon
from data_access.services.entering import Texts, book, reverse
from data_access.services.facts.fees_of_customer import (
    default_discount,
    not_early_reference,
    penalty_of,
    penalty_reference,
)
from data_access.services.facts.invoicing import why_no_correction
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

_CUSTOMER, _SUBSCRIPTION, _NUMBER = "The customer", "The subscription", "The number"
_WHOLE = 100
LONGEST_PERIOD = timedelta(days=31)
_PERCENT_OF = {Adjustment.DISCOUNT: (0, _WHOLE), Adjustment.UPCHARGE: (_WHOLE, 1000)}
_ODD_PERCENT = dict.fromkeys(Adjustment, "A percentage belongs to a discount or an upcharge.") | {
    Adjustment.DISCOUNT: "A discount is between 0 and 100 percent: 100 makes the subscription free.",
    Adjustment.UPCHARGE: "An upcharge is between 0 and 900 percent.",
}


@dataclass(frozen=True, slots=True)
class SubscriptionSaved:
    subscription_id: int
    customer_id: int
    version: int


def _saved(row: Subscription) -> SubscriptionSaved:
    return SubscriptionSaved(row.id, row.customer_id, row.version)


@dataclass(frozen=True, slots=True)
class RanBefore:
    """How a subscription ran at another desk: since when, until which day, and until when its fee was charged there."""

    activated_on: date | None = None
    finished_on: date | None = None
    charged_until: date | None = None

    def unfit(self, started_on: date, today: date) -> dict[str, str]:
        """What is wrong with its days. It has not ended, and is charged for one period ahead."""
        latest = max(today, started_on)
        found = misfits({"started_on": latest, "finished_on": self.finished_on or today}, today)
        if self.activated_on is not None and not started_on <= self.activated_on <= latest:
            found["activated_on"] = "It is active from the day of its start on, and not from a day still to come."
        if self.charged_until is not None and self.charged_until - today > LONGEST_PERIOD:
            found["charged_until"] = "A fee is charged for a billing period ahead at most."
        return found


@dataclass(frozen=True, kw_only=True)
class AddSubscription(Command[SubscriptionSaved]):
    """Subscribes a customer to a plan of its currency, from today or a later day; what is charged in advance is booked.

    `before`: how it ran at another desk, which takes the right to import; what was charged there is not charged again,
    and its plan need not be offered here. Rejected for a prepaid customer whose funds must cover the fee and do not.
    """

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = SubscriptionSaved

    customer_id: int
    plan_id: int
    started_on: date | None = None
    fee_percent: int = 100
    adjustment: Adjustment | None = None
    before: RanBefore | None = None

    def apply(self, work: UnitOfWork) -> SubscriptionSaved:
        customer = work.lock(Customer, self.customer_id, called=_CUSTOMER)
        refuse_unless_running(customer, "A subscription")
        today = day_in(customer.billing_zone, work.now)
        started_on, adjustment = self.started_on or today, _adjustment(self.adjustment, self.fee_percent)
        unfit = _unfit(work, customer, adjustment, self.fee_percent)
        _refuse_input(unfit | self._unfit_days(work, started_on, today))
        plan, before = _plan(work, customer, self.plan_id, is_new=self.before is None), self.before or RanBefore()
        on_start = started_on if plan.activation is Activation.ON_START else None
        row = work.add(
            Subscription(
                customer_id=customer.id, plan_id=plan.id, adjustment=adjustment, fee_percent=self.fee_percent,
                started_on=started_on, activated_on=before.activated_on or on_start,
                finished_on=before.finished_on, charged_until=before.charged_until,
            )
        )  # fmt: skip
        _charge(work, customer)
        return _saved(row)

    def _unfit_days(self, work: UnitOfWork, started_on: date, today: date) -> dict[str, str]:
        if self.before is None:
            return misfits({"started_on": started_on}, today)
        work.actor.require(Permission.IMPORT_RUN)
        return self.before.unfit(started_on, today)


def _charge(work: UnitOfWork, customer: Customer) -> None:
    """What is charged in advance is booked at once, unless the customer is suspended."""
    if customer.bill_status is BillStatus.OPEN:
        refuse_beyond_funds(work, customer)
        charge_ahead(work, customer)


def refuse_unless_running(customer: Customer, what: str) -> None:
    """Rejected for who is terminated or exported."""
    if refusal := refusal_unless_running(customer.bill_status, what):
        raise Rejected(refusal)


def _refuse_input(complaints: dict[str, str]) -> None:
    if complaints:
        raise Invalid(complaints)


def _adjustment(chosen: Adjustment | None, percent: int) -> Adjustment:
    """What was chosen; orders of before say the percentage alone."""
    if chosen is not None or percent == _WHOLE:
        return chosen or Adjustment.NOT_SET
    return Adjustment.DISCOUNT if percent < _WHOLE else Adjustment.UPCHARGE


def _unfit(work: UnitOfWork, customer: Customer, adjustment: Adjustment, percent: int) -> dict[str, str]:
    """What is wrong with an adjustment of the fee."""
    lowest, highest = _PERCENT_OF.get(adjustment, (_WHOLE, _WHOLE))
    if not lowest <= percent <= highest:
        return {"fee_percent": _ODD_PERCENT[adjustment]}
    if adjustment is Adjustment.DEFAULT and default_discount(work, customer.id) is None:
        return {"adjustment": "The customer has no discount rate: enter one on Additional info, or choose another."}
    return {}


def _plan(work: UnitOfWork, customer: Customer, plan_id: int, *, is_new: bool) -> SubscriptionPlan:
    plan = work.session.scalars(work.select(SubscriptionPlan).where(SubscriptionPlan.id == plan_id)).one_or_none()
    if plan is None:
        raise NotFound("The plan")
    if is_new and not plan.is_offered:
        who = work.actor.who_can(Permission.CLASS_EDIT).capitalize()
        raise Rejected(f"{plan.name} is no longer offered. {who} can offer it.")
    if plan.currency != customer.currency:
        raise Rejected(f"{plan.name} is sold in {plan.currency}; the customer is billed in {customer.currency}.")
    return plan


@dataclass(frozen=True, kw_only=True)
class ChangeSubscription(Command[SubscriptionSaved]):
    """Changes the adjustment of the fee, from the next charge on, and the start of a subscription still to come."""

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = SubscriptionSaved

    subscription_id: int
    version: int
    fee_percent: int
    started_on: date | None = None
    adjustment: Adjustment | None = None

    def apply(self, work: UnitOfWork) -> SubscriptionSaved:
        customer, row, today = _lock(work, self.subscription_id)
        if row.version != self.version:
            raise Stale(_SUBSCRIPTION)
        started_on = self.started_on or row.started_on
        is_moved = started_on != row.started_on
        adjustment = _adjustment(self.adjustment, self.fee_percent)
        unfit = _unfit(work, customer, adjustment, self.fee_percent)
        _refuse_input(unfit | (misfits({"started_on": started_on}, today) if is_moved else {}))
        if is_moved and row.started_on <= today:
            raise Rejected("The subscription has begun: its start cannot be moved any more.")
        if not is_moved and (row.adjustment, row.fee_percent) == (adjustment, self.fee_percent):
            raise Rejected("Nothing was changed, so nothing was saved.")
        row.adjustment, row.fee_percent, row.started_on = adjustment, self.fee_percent, started_on
        if is_moved and row.activated_on is not None:
            row.activated_on = started_on
        row.version += 1
        return _saved(row)


@dataclass(frozen=True, kw_only=True)
class ActivateSubscription(Command[SubscriptionSaved]):
    """Activates a pending subscription from today on; what is charged in advance is booked."""

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = SubscriptionSaved

    subscription_id: int

    def apply(self, work: UnitOfWork) -> SubscriptionSaved:
        customer, row, today = _lock(work, self.subscription_id)
        if row.activated_on is not None and row.activated_on <= today:
            raise Rejected(f"The subscription is active since {long_day(row.activated_on)}.")
        row.activated_on, row.started_on = today, min(row.started_on, today)
        row.version += 1
        work.session.flush()
        _charge(work, customer)
        return _saved(row)


@dataclass(frozen=True, kw_only=True)
class FinishSubscription(Command[SubscriptionSaved]):
    """Ends a subscription after a day, today if none is given; what was charged ahead beyond it is credited.

    Before its minimum term is over this costs the penalty of the plan, once; a later day after it takes that back.
    """

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = SubscriptionSaved

    subscription_id: int
    finished_on: date | None = None

    def apply(self, work: UnitOfWork) -> SubscriptionSaved:
        customer, row, today = _lock(work, self.subscription_id)
        finished_on = self.finished_on or today
        _refuse_input(misfits({"finished_on": finished_on}, today))
        row.finished_on = finished_on
        row.version += 1
        close_due(work, customer)
        reckon(work, customer)
        _judge_penalty(work, customer, row, today)
        return _saved(row)


@dataclass(frozen=True, kw_only=True)
class KeepSubscription(Command[SubscriptionSaved]):
    """Takes back the closing of a subscription whose last day is not over, with its penalty: it goes on."""

    needs: ClassVar = Permission.SERVICE_EDIT
    result_type: ClassVar = SubscriptionSaved

    subscription_id: int

    def apply(self, work: UnitOfWork) -> SubscriptionSaved:
        customer, row, today = _lock(work, self.subscription_id)
        if row.finished_on is None:
            raise Rejected("The subscription has no last day: it goes on as it is.")
        row.finished_on = None
        row.version += 1
        close_due(work, customer)
        _judge_penalty(work, customer, row, today)
        work.session.flush()
        _charge(work, customer)
        return _saved(row)


def _judge_penalty(work: UnitOfWork, customer: Customer, row: Subscription, today: date) -> None:
    """Books the penalty for a last day within the minimum term, or takes it back where the day is not any more.

    One that a person reversed is waived: no other last day charges it again.
    """
    plan = work.session.scalars(work.select(SubscriptionPlan).where(SubscriptionPlan.id == row.plan_id)).one()
    booked, taken_back = penalty_of(work, row) or (None, None)
    stands = booked is not None and taken_back is None
    is_waived = taken_back is not None and taken_back.reference != not_early_reference(row)
    is_early = bool(plan.cancellation_penalty) and is_closed_early(row, plan)
    if booked is not None and stands and not is_early:
        _take_back(work, customer, row, plan, booked, today)
    elif is_early and not stands and not is_waived:
        _book_penalty(work, customer, row, plan, today)


def _take_back(
    work: UnitOfWork, customer: Customer, row: Subscription, plan: SubscriptionPlan, booked: Transaction, today: date
) -> None:
    refusal = why_no_correction(work, customer.id)
    if refusal:
        raise Rejected(refusal)
    says = f"{plan.public_name}, not closed before its minimum term any more"
    texts = Texts(service=booked.service, reference=not_early_reference(row), visible_comment=says)
    reverse(work, customer, booked, value_on=today, texts=texts)


def _book_penalty(work: UnitOfWork, customer: Customer, row: Subscription, plan: SubscriptionPlan, today: date) -> None:
    says = f"{plan.public_name}, closed before its minimum term of {counted(plan.minimum_months, 'month')}"
    texts = Texts(service=FEES_OF_SUBSCRIPTIONS, reference=penalty_reference(row), visible_comment=says)
    book(work, customer, Kind.CANCELLATION_PENALTY, plan.cancellation_penalty, value_on=today, texts=texts)


def _lock(work: UnitOfWork, subscription_id: int) -> tuple[Customer, Subscription, date]:
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
    return customer, row, today
