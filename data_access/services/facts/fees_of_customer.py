"""Fees of a customer: what recurs out of the database, and whether its funds cover what is charged in advance."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from sqlalchemy import BindParameter, Select, bindparam, func
from sqlalchemy.orm import Session

from data_access.base.bookings import CREDITS, Kind
from data_access.base.clock import day_in, start_of
from data_access.base.money import ZERO
from data_access.base.permissions import Actor
from data_access.base.statuses import GONE, SuspensionCause
from data_access.base.text.masking import unmasked
from data_access.domain.billing.number_fees import HeldNumber
from data_access.domain.billing.periods import Period, measure
from data_access.domain.billing.recurring_fees import AHEAD, BookedFee, Fee, Running, Subscribed, referred
from data_access.domain.billing.service_days import ServiceDays
from data_access.models.card.additional import AdditionalInfo
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import BalanceControl, Customer
from data_access.models.history import StatusEvent
from data_access.models.money import Transaction
from data_access.models.numbers import Did, NumberBatch
from data_access.models.services import Subscription, SubscriptionPlan
from data_access.store.confined import made_once
from data_access.store.scope import visible
from data_access.store.unit_of_work import Load, of_customers

D = TypeVar("D")
IDS: BindParameter[Any] = bindparam("ids", expanding=True)


class Looks(Protocol):
    """What a unit of work and a reader both have."""

    @property
    def session(self) -> Session: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def now(self) -> datetime: ...
    @property
    def together(self) -> Mapping[int, Customer]: ...
    def of(self, load: Load[D], customer_id: int) -> D: ...


def class_of(look: Looks, customer: Customer) -> CustomerClass:
    """The class whose parameters hold for the customer."""
    known: dict[int, CustomerClass] = look.session.info.setdefault("classes", {})
    key = customer.customer_class_id
    if key not in known:
        known[key] = look.session.scalars(_class(look.actor), {"key": key}).one()
    return known[key]


@made_once
def _class(actor: Actor) -> Select[CustomerClass]:
    return visible(CustomerClass, actor).where(CustomerClass.id == bindparam("key"))


def running_fees(look: Looks, customer: Customer, events: Sequence[StatusEvent] | None = None) -> Running | None:
    """What recurs for a customer in its running period; None when no period runs. `events`: if they are known."""
    if customer.period_from is None or customer.period_to is None:
        return None
    running = Period(customer.period_from, customer.period_to)
    subscriptions = _subscriptions(look, customer, running)
    booked, credited = _booked(look, customer, running, {one.key for one in subscriptions})
    return Running(
        running=running,
        whole=measure(customer.billing_period, running, counted_from(customer), customer.billing_change_on),
        today=day_in(customer.billing_zone, look.now),
        days=ServiceDays(
            customer.billing_zone,
            events_of(look, customer) if events is None else events,
            _balances(look, customer, running, subscriptions),
        ),
        subscriptions=subscriptions,
        numbers=tuple(one for one in look.of(_numbers, customer.id) if one.row.customer_id == customer.id),
        booked=booked,
        credited=credited,
        ends_on=_ends_on(look, customer),
    )


def counted_from(customer: Customer) -> date:
    """The day from which anniversaries and 30 days are counted."""
    return customer.billing_counted_from or day_in(customer.billing_zone, customer.created_at)


@of_customers(Did, takes=lambda held, row: any(one.row is row for one in held))
def _numbers(look: Looks, ids: Sequence[int]) -> Mapping[int, tuple[HeldNumber, ...]]:
    found = {key: list[HeldNumber]() for key in ids}
    for row in look.session.execute(_held(look.actor), {"ids": ids}):
        found[row.Did.customer_id].append(HeldNumber(*row))
    return {key: tuple(held) for key, held in found.items()}


@made_once
def _held(actor: Actor) -> Select[*tuple[Any, ...]]:
    held = visible(Did, actor).outerjoin(NumberBatch, NumberBatch.id == Did.batch_id)
    return held.where(Did.customer_id.in_(IDS)).add_columns(NumberBatch).order_by(Did.id)


def _ends_on(look: Looks, customer: Customer) -> date | None:
    """Today for whom has left already; the day of a termination that is planned."""
    return day_in(customer.billing_zone, look.now) if customer.bill_status in GONE else customer.terminate_on


def _subscriptions(look: Looks, customer: Customer, running: Period) -> tuple[Subscribed, ...]:
    """Those that run on a day of the period."""
    return tuple(
        one
        for one in look.of(_subscribed, customer.id)
        if one.row.activated_on is not None
        and one.row.activated_on <= running.last
        and (one.row.finished_on is None or one.row.finished_on >= running.first)
    )


@of_customers(Subscription, AdditionalInfo, takes=lambda known, row: any(one.row is row for one in known))
def _subscribed(look: Looks, ids: Sequence[int]) -> Mapping[int, list[Subscribed]]:
    found = {key: list[Subscribed]() for key in ids}
    for row, plan, rate in look.session.execute(_all_subscribed(look.actor), {"ids": ids}):
        found[row.customer_id].append(Subscribed(row, plan, rate or ZERO))
    return found


@made_once
def _all_subscribed(actor: Actor) -> Select[*tuple[Any, ...]]:
    return (
        visible(Subscription, actor)
        .join(SubscriptionPlan, SubscriptionPlan.id == Subscription.plan_id)
        .outerjoin(AdditionalInfo, AdditionalInfo.customer_id == Subscription.customer_id)
        .where(Subscription.customer_id.in_(IDS))
        .add_columns(SubscriptionPlan, AdditionalInfo.discount_rate)
        .order_by(Subscription.id)
    )


def default_discount(look: Looks, customer_id: int) -> Decimal | None:
    """The discount rate on subscriptions that the customer has by default, if it has one."""
    mine = visible(AdditionalInfo, look.actor).where(AdditionalInfo.customer_id == customer_id)
    return look.session.scalar(mine.with_only_columns(AdditionalInfo.discount_rate))


def penalty_reference(row: Subscription) -> str:
    """What the penalty for closing a subscription early refers to."""
    return f"Subscription {row.id}, closed early"


def not_early_reference(row: Subscription) -> str:
    """What the reversal of a penalty refers to, where the subscription is not closed early any more."""
    return f"Subscription {row.id}, not closed early"


def penalty_of(look: Looks, row: Subscription) -> tuple[Transaction, Transaction | None] | None:
    """The last penalty that was booked for closing a subscription early, with its reversal if there is one."""
    mine = visible(Transaction, look.actor).where(
        Transaction.customer_id == row.customer_id, Transaction.kind == Kind.CANCELLATION_PENALTY
    )
    booked = mine.where(Transaction.takes_nothing_back(), Transaction.reference == penalty_reference(row))
    last = look.session.scalars(booked.order_by(Transaction.id.desc()).limit(1)).one_or_none()
    if last is None:
        return None
    return last, look.session.scalars(mine.where(Transaction.reverses_id == last.id)).one_or_none()


def events_of(look: Looks, customer: Customer) -> Sequence[StatusEvent]:
    """Its status events, in the order of time."""
    return look.of(_events, customer.id)


@of_customers(StatusEvent)
def _events(look: Looks, ids: Sequence[int]) -> Mapping[int, list[StatusEvent]]:
    found = {key: list[StatusEvent]() for key in ids}
    for event in look.session.scalars(_events_by_time(look.actor), {"ids": ids}):
        found[event.customer_id].append(event)
    return found


@made_once
def _events_by_time(actor: Actor) -> Select[StatusEvent]:
    mine = visible(StatusEvent, actor).where(StatusEvent.customer_id.in_(IDS))
    return mine.order_by(StatusEvent.at, StatusEvent.id)


def _balances(
    look: Looks, customer: Customer, running: Period, subscriptions: tuple[Subscribed, ...]
) -> list[tuple[datetime, Decimal]]:
    """The balance when the period began and whenever it moved since; only for plans that look at it."""
    is_prepaid = customer.balance_control is BalanceControl.PREPAID
    if not is_prepaid or not any(one.plan.credit_no_funds for one in subscriptions):
        return []
    begins = start_of(running.first, customer.billing_zone)
    mine = visible(Transaction, look.actor).where(Transaction.customer_id == customer.id)
    last = mine.where(Transaction.at < begins).with_only_columns(func.max(Transaction.at)).scalar_subquery()
    since = mine.where(Transaction.at >= func.coalesce(last, begins)).order_by(Transaction.at, Transaction.id)
    rows = look.session.execute(since.with_only_columns(Transaction.at, Transaction.balance_after))
    return [(customer.created_at, ZERO), *((row.at, row.balance_after) for row in rows)]


def _booked(
    look: Looks, customer: Customer, running: Period, keys: set[str]
) -> tuple[tuple[BookedFee, ...], dict[str, Decimal]]:
    """The subscription fees booked for days of the running period but those reversed, and what was credited of them."""
    rows = _fees_of(look, customer, running) if keys else ()
    fees, credited = list[BookedFee](), dict.fromkeys(keys, ZERO)
    for row, reference, is_unreversed in rows:
        if reference.partition(", ")[0].removesuffix(AHEAD) not in keys:
            continue
        key, days = referred(reference)
        if key.endswith(AHEAD):
            fees = [_given_back(fee, key.removesuffix(AHEAD), days.first) for fee in fees]
        elif row.kind is Kind.FEE_CREDIT:
            credited[key] -= row.amount
        elif is_unreversed:
            fees.append(BookedFee(key, row.amount, days, day_in(customer.billing_zone, row.at)))
    return tuple(fees), credited


_SUBSCRIBED = (Kind.SUBSCRIPTION_FEE, Kind.FEE_CREDIT)
_Booking = tuple[Transaction, str, bool]
"""A fee or a credit, what it refers to, and whether it stands."""


def _fees_of(look: Looks, customer: Customer, running: Period) -> Iterable[_Booking]:
    if customer.id in look.together:
        booked = look.of(_fees_since, customer.id)
        return [one for one in booked if running.first <= one[0].value_on <= running.last]
    asked = {"ids": [customer.id], "first": running.first, "last": running.last}
    return [(row, text, stands) for row, text, stands in look.session.execute(_fees_between(look.actor), asked)]


def _takes_fee(_booked: list[_Booking], row: Transaction) -> bool:
    """What it refers to would have to be read; any other booking that reverses none leaves all as it is."""
    return row.kind not in _SUBSCRIBED and row.reverses_id is None


@of_customers(Transaction, takes=_takes_fee)
def _fees_since(look: Looks, ids: Sequence[int]) -> Mapping[int, list[_Booking]]:
    """Those of the running periods, and all that are later."""
    found = {key: list[_Booking]() for key in ids}
    begins = [one.period_from for key in ids if (one := look.together[key]).period_from is not None]
    asked = {"ids": ids, "first": min(begins, default=date.max), "last": date.max}
    for row in look.session.execute(_fees_between(look.actor), asked):
        found[row.Transaction.customer_id].append((row.Transaction, row.refers_to, row[2]))
    return found


@made_once
def _fees_between(actor: Actor) -> Select[*tuple[Any, ...]]:
    """With what they refer to: whose fee it is, whoever looks."""
    return (
        visible(Transaction, actor)
        .where(
            Transaction.customer_id.in_(IDS),
            Transaction.kind.in_(_SUBSCRIBED),
            Transaction.value_on.between(bindparam("first"), bindparam("last")),
            Transaction.takes_nothing_back(),
        )
        .add_columns(unmasked(Transaction.reference).label("refers_to"), Transaction.unreversed())
        .order_by(Transaction.id)
    )


def _given_back(fee: BookedFee, key: str, first: date) -> BookedFee:
    """A fee of the key, as it stands when its days from one on were given back."""
    if fee.key != key:
        return fee
    return replace(fee, given_back_from=min(first, fee.given_back_from or first))


def owed(fees: Sequence[Fee]) -> Decimal:
    """What the fees come to, credits taken off."""
    return sum((fee.owed for fee in fees), ZERO)


def waits_for_funds(customer: Customer) -> bool:
    """Whether a customer is suspended until its funds cover what is charged in advance."""
    return customer.suspension_cause is SuspensionCause.INSUFFICIENT_FUNDS


def covers(customer: Customer, of_class: CustomerClass, fees: Sequence[Fee]) -> bool:
    """Whether the fees can be charged: the funds suffice, or need not."""
    own = customer.suspend_on_insufficient_funds
    must = of_class.suspend_on_insufficient_funds if own is None else own
    is_prepaid = customer.balance_control is BalanceControl.PREPAID
    return not (is_prepaid and must) or owed(fees) <= max(-customer.balance, ZERO)


def fees_to_resume(look: Looks, customer: Customer, *, with_credits: bool = False) -> list[Fee] | None:
    """What is booked when a customer that waits for funds resumes today; None while the funds do not cover it.

    A credit booked since it was suspended does not count before the next billing period: it is no payment.
    """
    running = running_fees(look, customer)
    fees = [] if running is None else _to_resume(running, running.today)
    return fees if owed(fees) <= _funds(look, customer, with_credits=with_credits) else None


@dataclass(frozen=True, slots=True)
class Wait:
    """What a customer that waits for funds lacks, and the day of this period on which it lacks nothing any more."""

    missing: Decimal
    ends_on: date | None


def wait_of(look: Looks, customer: Customer, events: Sequence[StatusEvent] | None = None) -> Wait:
    """How long a customer waits for funds if nobody pays, as far as the running period tells."""
    running, funds = running_fees(look, customer, events), _funds(look, customer, with_credits=False)
    if running is None:
        return Wait(ZERO, None)
    rest = Period(running.today, running.running.last)
    ends_on = next((day for day in rest.days() if owed(_to_resume(running, day)) <= funds), None)
    return Wait(max(owed(_to_resume(running, running.today)) - funds, ZERO), ends_on)


def _to_resume(running: Running, on: date) -> list[Fee]:
    """What is booked if the customer is back in service on a day, and stays as it is until then."""
    then = replace(running, today=on)
    charged = then.in_advance(resuming=True)
    return [*charged, *then.credits(on - timedelta(days=1), charged)]


def _funds(look: Looks, customer: Customer, *, with_credits: bool) -> Decimal:
    return -customer.balance - (ZERO if with_credits else _credited_since(look, customer))


def _credited_since(look: Looks, customer: Customer) -> Decimal:
    since = customer.suspended_at or look.now
    rows = (
        visible(Transaction, look.actor)
        .where(Transaction.customer_id == customer.id, Transaction.kind.in_(CREDITS), Transaction.at >= since)
        .with_only_columns(Transaction.amount)
    )
    return -sum(look.session.scalars(rows), ZERO)
