"""Subscriptions, plans and numbers: begun, changed, finished, and what they cost from then on."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.errors import Invalid, NotFound, NotPermitted, Rejected, Stale
from data_access.base.permissions import Permission, Role
from data_access.base.statuses import BillStatus
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.commands.numbers.dids import AssignDid, ReleaseDid
from data_access.commands.services.plans import AddPlan, ChangePlan, PlanTerms
from data_access.commands.services.services import (
    ActivateSubscription,
    AddSubscription,
    ChangeSubscription,
    FinishSubscription,
    KeepSubscription,
)
from data_access.models.customers import BalanceControl, Customer
from data_access.models.money import Invoice, Transaction
from data_access.models.numbers import Did
from data_access.models.services import Activation, Adjustment, ChargeModel
from data_access.queries.services.numbers import DidsOf, IdleDids
from data_access.queries.services.services import (
    Plans,
    SubscriptionRow,
    SubscriptionsOf,
    SubscriptionState,
)
from data_access.services.facts.fees_of_customer import running_fees
from data_access.store.access import Query, Reader, new_command_id
from tests.data_access.test_periods_closing import CLOSES, booked, close, customer_of, in_march, pay, rows
from tests.support.builders import a_class, a_customer, a_did, a_plan, a_subscription
from tests.support.people import NOW, access_for

TERMS = PlanTerms(name="Fibre 500", public_name="Internet", fee=Decimal("44.90"))


def subscribe(engine: Engine, customer_id: int, plan_id: int, **over: Any) -> int:
    order = AddSubscription(customer_id=customer_id, plan_id=plan_id, command_id=new_command_id(), **over)
    return access_for(engine, Role.SUPPORT).execute(order).subscription_id


def change(engine: Engine, subscription_id: int, **over: Any) -> None:
    given: dict[str, Any] = {"version": 1, "fee_percent": 100} | over
    order = ChangeSubscription(subscription_id=subscription_id, command_id=new_command_id(), **given)
    access_for(engine, Role.SUPPORT).execute(order)


def finish(engine: Engine, subscription_id: int, day: date | None = None) -> None:
    order = FinishSubscription(subscription_id=subscription_id, finished_on=day, command_id=new_command_id())
    access_for(engine, Role.SUPPORT).execute(order)


def subscriptions(engine: Engine, customer_id: int) -> tuple[SubscriptionRow, ...]:
    return access_for(engine, Role.SUPPORT).fetch(SubscriptionsOf(customer_id))


def add_plan(engine: Engine, terms: PlanTerms = TERMS, currency: str = "EUR", role: Role = Role.ADMIN) -> int:
    order = AddPlan(terms=terms, currency=currency, command_id=new_command_id())
    return access_for(engine, role).execute(order).plan_id


def assign(engine: Engine, did_id: int, customer_id: int) -> None:
    order = AssignDid(did_id=did_id, customer_id=customer_id, command_id=new_command_id())
    access_for(engine, Role.SUPPORT).execute(order)


def release(engine: Engine, did_id: int) -> None:
    access_for(engine, Role.SUPPORT).execute(ReleaseDid(did_id=did_id, command_id=new_command_id()))


def test_a_new_subscription_is_charged_for_the_rest_of_the_period(engine: Engine) -> None:
    customer = in_march(engine)
    subscribe(engine, customer, a_plan(engine, fee=Decimal(31)))
    assert booked(engine, customer) == [(Kind.SUBSCRIPTION_FEE, 16)]  # 16 to 31 March
    (row,) = subscriptions(engine, customer)
    assert (row.state, row.charged_until) == (SubscriptionState.ACTIVE, date(2026, 3, 31))


def test_a_later_start_is_charged_when_it_comes(engine: Engine) -> None:
    customer = in_march(engine)
    subscribe(engine, customer, a_plan(engine, fee=Decimal(31)), started_on=date(2026, 4, 11))
    assert subscriptions(engine, customer)[0].state is SubscriptionState.PENDING
    close(engine, customer)
    assert booked(engine, customer) == []


def test_what_is_activated_by_first_use_waits_for_it(engine: Engine) -> None:
    customer = in_march(engine)
    subscribe(engine, customer, a_plan(engine, activation=Activation.ON_FIRST_USE))
    close(engine, customer)
    assert booked(engine, customer) == []


def test_a_plan_of_another_currency_is_refused(engine: Engine) -> None:
    with pytest.raises(Rejected, match="sold in USD; the customer is billed in EUR"):
        subscribe(engine, in_march(engine), a_plan(engine, currency="USD"))


def test_a_plan_that_is_not_offered_is_refused(engine: Engine) -> None:
    with pytest.raises(Rejected, match="no longer offered"):
        subscribe(engine, in_march(engine), a_plan(engine, is_offered=False))


def test_an_unknown_plan_is_not_found(engine: Engine) -> None:
    with pytest.raises(NotFound):
        subscribe(engine, in_march(engine), 99)


def test_a_customer_that_is_gone_gets_no_subscription(engine: Engine) -> None:
    customer = in_march(engine, bill_status=BillStatus.PROVISIONALLY_TERMINATED)
    with pytest.raises(Rejected, match="provisionally terminated"):
        subscribe(engine, customer, a_plan(engine))


@pytest.mark.parametrize(
    ("over", "field"),
    [
        ({"started_on": date(2026, 3, 15)}, "started_on"),
        ({"fee_percent": 1001}, "fee_percent"),
        ({"fee_percent": 80, "adjustment": Adjustment.NONE}, "fee_percent"),
        ({"adjustment": Adjustment.DEFAULT}, "adjustment"),
        ({"fee_percent": 80, "adjustment": Adjustment.UPCHARGE}, "fee_percent"),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(engine: Engine, over: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        subscribe(engine, in_march(engine), a_plan(engine), **over)
    assert list(refused.value.complaints) == [field]


def test_an_analyst_cannot_subscribe_a_customer(engine: Engine) -> None:
    order = AddSubscription(customer_id=1, plan_id=1, command_id=new_command_id())
    with pytest.raises(NotPermitted):
        access_for(engine, Role.ANALYST).execute(order)


def test_funds_that_must_cover_a_fee_and_do_not_refuse_the_subscription(engine: Engine) -> None:
    of_class = a_class(engine, suspend_on_insufficient_funds=True)
    customer = in_march(engine, customer_class_id=of_class, balance_control=BalanceControl.PREPAID)
    plan = a_plan(engine, fee=Decimal(31))
    pay(engine, customer, 15, NOW)
    with pytest.raises(Rejected, match="Book a payment first"):
        subscribe(engine, customer, plan)
    pay(engine, customer, 1, NOW)
    subscribe(engine, customer, plan)
    assert len(subscriptions(engine, customer)) == 1


def test_a_discount_holds_from_the_next_charge_on(engine: Engine) -> None:
    customer = in_march(engine)
    row = subscribe(engine, customer, a_plan(engine, fee=Decimal(30)))
    change(engine, row, fee_percent=50)
    assert subscriptions(engine, customer)[0].fee == 15
    close(engine, customer)
    assert [amount for _, amount in booked(engine, customer)][1:] == [15]


def test_a_change_of_something_changed_meanwhile_is_refused(engine: Engine) -> None:
    row = a_subscription(engine, in_march(engine))
    change(engine, row, fee_percent=50)
    with pytest.raises(Stale):
        change(engine, row, fee_percent=60)


def test_a_change_of_nothing_is_refused(engine: Engine) -> None:
    with pytest.raises(Rejected, match="Nothing was changed"):
        change(engine, a_subscription(engine, in_march(engine)))


def test_only_a_start_still_to_come_can_be_moved(engine: Engine) -> None:
    customer = in_march(engine)
    coming = subscribe(engine, customer, a_plan(engine), started_on=date(2026, 4, 2))
    change(engine, coming, started_on=date(2026, 4, 5))
    assert subscriptions(engine, customer)[0].activated_on == date(2026, 4, 5)
    with pytest.raises(Rejected, match="has begun"):
        change(engine, a_subscription(engine, customer), started_on=date(2026, 4, 5))


def test_a_finished_subscription_is_credited_for_the_days_charged_beyond(engine: Engine) -> None:
    customer = in_march(engine)
    row = subscribe(engine, customer, a_plan(engine, fee=Decimal(31)))
    finish(engine, row, date(2026, 3, 21))
    close(engine, customer)
    assert booked(engine, customer) == [(Kind.SUBSCRIPTION_FEE, 16), (Kind.FEE_CREDIT, -10)]


def test_what_ended_cannot_be_ended_again(engine: Engine) -> None:
    row = a_subscription(engine, in_march(engine), finished_on=date(2026, 3, 1))
    with pytest.raises(Rejected, match="ended on 1 March 2026"):
        finish(engine, row)


def test_a_subscription_cannot_end_in_the_past(engine: Engine) -> None:
    with pytest.raises(Invalid):
        finish(engine, a_subscription(engine, in_march(engine)), date(2026, 3, 15))


def test_ended_subscriptions_stand_last(engine: Engine) -> None:
    customer = a_customer(engine)
    ended = a_subscription(engine, customer, finished_on=date(2026, 3, 1))
    runs = a_subscription(engine, customer)
    assert [(row.subscription_id, row.state) for row in subscriptions(engine, customer)] == [
        (runs, SubscriptionState.ACTIVE), (ended, SubscriptionState.CLOSED),
    ]  # fmt: skip


def test_an_idle_number_is_given_to_a_customer(engine: Engine) -> None:
    customer, did = in_march(engine), a_did(engine, number="4940123")
    access = access_for(engine, Role.SUPPORT)
    assert [row.number for row in access.fetch(IdleDids("+4940"))] == ["4940123"]
    assign(engine, did, customer)
    assert access.fetch(IdleDids()) == ()
    assert [(row.number, row.assigned_on) for row in access.fetch(DidsOf(customer))] == [("4940123", NOW.date())]


def test_a_number_held_already_cannot_be_given_away(engine: Engine) -> None:
    did = a_did(engine, in_march(engine))
    with pytest.raises(Rejected, match="release it first"):
        assign(engine, did, in_march(engine))


def test_a_released_number_is_charged_until_yesterday_and_idle(engine: Engine) -> None:
    customer = in_march(engine)
    did = a_did(engine, customer, fee=Decimal(31))
    release(engine, did)
    assert booked(engine, customer) == [(Kind.DID_FEE, 15)]
    with Session(engine) as session:
        row = session.get_one(Did, did)
        assert (row.customer_id, row.assigned_on, row.charged_until) == (None, None, None)
    with pytest.raises(Rejected, match="already in the pool"):
        release(engine, did)


def test_two_holders_of_a_number_share_its_fee(engine: Engine) -> None:
    one, other = in_march(engine), in_march(engine)
    did = a_did(engine, one, fee=Decimal(31))
    release(engine, did)
    assign(engine, did, other)
    close(engine, one)
    close(engine, other)
    assert [booked(engine, one)[0][1], booked(engine, other)[0][1]] == [15, 16]


def test_a_new_plan_is_offered_to_customers_of_its_currency(engine: Engine) -> None:
    plan = add_plan(engine)
    access = access_for(engine, Role.SUPPORT)
    assert [(row.plan_id, row.fee) for row in access.fetch(Plans("EUR"))] == [(plan, Decimal("44.90"))]
    assert access.fetch(Plans("USD")) == ()


def test_only_an_admin_makes_plans(engine: Engine) -> None:
    with pytest.raises(NotPermitted):
        add_plan(engine, role=Role.MANAGER)


def test_two_plans_cannot_have_one_name(engine: Engine) -> None:
    add_plan(engine)
    with pytest.raises(Invalid, match="already exists"):
        add_plan(engine, replace(TERMS, name="fibre  500"))


@pytest.mark.parametrize(
    ("over", "field"),
    [({"name": " "}, "name"), ({"public_name": "x" * 121}, "public_name"), ({"fee": Decimal(-1)}, "fee")],
)
def test_a_plan_is_judged_field_by_field(engine: Engine, over: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        add_plan(engine, replace(TERMS, **over))
    assert list(refused.value.complaints) == [field]


def test_a_plan_has_a_currency_in_use(engine: Engine) -> None:
    with pytest.raises(Invalid, match="currency"):
        add_plan(engine, currency="XXX")


def test_a_plan_is_changed_once(engine: Engine) -> None:
    plan = add_plan(engine)
    admin = access_for(engine, Role.ADMIN)
    terms = replace(TERMS, fee=Decimal(50), charge_model=ChargeModel.AT_THE_END, is_offered=False)
    admin.execute(ChangePlan(plan_id=plan, version=1, terms=terms, command_id=new_command_id()))
    (row,) = admin.fetch(Plans())
    assert (row.fee, row.charge_model, row.is_offered) == (Decimal(50), ChargeModel.AT_THE_END, False)
    with pytest.raises(Stale):
        admin.execute(ChangePlan(plan_id=plan, version=1, terms=TERMS, command_id=new_command_id()))
    with pytest.raises(Rejected, match="Nothing was changed"):
        admin.execute(ChangePlan(plan_id=plan, version=2, terms=terms, command_id=new_command_id()))


def test_what_two_people_change_of_a_plan_is_merged_and_both_stand(engine: Engine) -> None:
    plan, admin = add_plan(engine), access_for(engine, Role.ADMIN)
    shown = {"fee": "44.90", "public_name": "Internet"}

    def edit(**changes: str) -> None:
        order = ChangePlan(plan_id=plan, version=1, shown=shown, changes=changes, command_id=new_command_id())
        admin.execute(order)

    edit(fee="50")
    edit(public_name="Fast internet")
    with pytest.raises(Stale) as both:
        edit(fee="60")
    assert [(one.field, one.theirs, one.yours) for one in both.value.conflicts] == [("fee", "50.00", "60")]
    (row,) = admin.fetch(Plans())
    assert (row.fee, row.public_name, row.version) == (Decimal(50), "Fast internet", 3)


def activate(engine: Engine, subscription_id: int) -> None:
    order = ActivateSubscription(subscription_id=subscription_id, command_id=new_command_id())
    access_for(engine, Role.SUPPORT).execute(order)


@pytest.mark.parametrize("activation", [Activation.BY_HAND, Activation.ON_FIRST_USE])
def test_a_pending_subscription_is_activated_by_hand_and_charged_from_then_on(
    engine: Engine, activation: Activation
) -> None:
    customer = in_march(engine)
    made = subscribe(engine, customer, a_plan(engine, fee=Decimal(31), activation=activation))
    assert booked(engine, customer) == []
    activate(engine, made)
    assert booked(engine, customer) == [(Kind.SUBSCRIPTION_FEE, 16)]
    assert subscriptions(engine, customer)[0].state is SubscriptionState.ACTIVE
    with pytest.raises(Rejected, match="is active since 16 March 2026"):
        activate(engine, made)


def test_one_that_is_to_begin_later_can_be_activated_now(engine: Engine) -> None:
    customer = in_march(engine)
    made = subscribe(engine, customer, a_plan(engine, fee=Decimal(31)), started_on=date(2026, 3, 25))
    activate(engine, made)
    assert booked(engine, customer) == [(Kind.SUBSCRIPTION_FEE, 16)]


@pytest.mark.parametrize(
    ("months", "last_day", "penalty"),
    [
        (12, date(2026, 3, 20), 60),
        (12, date(2027, 1, 30), 60),
        (12, date(2027, 1, 31), None),  # the last day of the term
        (1, date(2026, 3, 16), None),  # 31 January to 27 February
        (0, date(2026, 3, 16), None),
    ],
)
def test_closing_before_the_minimum_term_is_over_costs_the_penalty_once(
    engine: Engine, months: int, last_day: date, penalty: int | None
) -> None:
    customer = in_march(engine)
    terms = {"minimum_months": months, "cancellation_penalty": Decimal(60), "charge_model": ChargeModel.AT_THE_END}
    begun = date(2026, 2, 1) if months == 12 else date(2026, 1, 31)
    made = a_subscription(engine, customer, plan_id=a_plan(engine, **terms), activated_on=begun)
    finish(engine, made, last_day)
    finish(engine, made, last_day)
    assert penalties(engine, customer) == ([] if penalty is None else [penalty])


EARLY, LATE = date(2026, 3, 20), date(2027, 1, 31)  # the term of twelve months ends on the second


def penalties(engine: Engine, customer: int) -> list[Decimal]:
    return [amount for kind, amount in booked(engine, customer) if kind is Kind.CANCELLATION_PENALTY]


@pytest.mark.parametrize(
    ("days", "charged"),
    [
        ((EARLY, LATE), [60, -60]),
        ((EARLY, None), [60, -60]),
        ((LATE, EARLY), [60]),
        ((EARLY, LATE, EARLY), [60, -60, 60]),
        ((EARLY, None, EARLY, LATE), [60, -60, 60, -60]),
        ((EARLY, date(2026, 3, 25)), [60]),
    ],
)
def test_a_penalty_follows_the_last_day_wherever_it_is_moved(
    engine: Engine, days: tuple[date | None, ...], charged: list[int]
) -> None:
    customer, made = with_a_term(engine)
    for day in days:
        finish(engine, made, day) if day else keep(engine, made)
    assert penalties(engine, customer) == charged
    close(engine, customer)
    assert (
        customer_of(engine, customer).balance == sum(charged) == sum(i.total for i in rows(engine, Invoice, customer))
    )


def test_a_penalty_that_was_waived_is_not_charged_again(engine: Engine) -> None:
    customer, made = with_a_term(engine)
    finish(engine, made, EARLY)
    waived = ReverseTransaction(
        transaction_id=rows(engine, Transaction, customer)[0].id, reason="goodwill", command_id=new_command_id()
    )
    access_for(engine, Role.ADMIN, credit_per_booking=Decimal(100), credit_per_day=Decimal(100)).execute(waived)
    for day in (LATE, EARLY):
        finish(engine, made, day)
    assert penalties(engine, customer) == [60, -60]


def test_a_penalty_that_was_invoiced_comes_off_the_next_invoice(engine: Engine) -> None:
    customer, made = with_a_term(engine)
    finish(engine, made, date(2026, 5, 20))
    close(engine, customer)
    keep(engine, made, CLOSES)
    close(engine, customer, CLOSES + timedelta(days=30))
    assert [row.total for row in rows(engine, Invoice, customer)] == [60]
    assert customer_of(engine, customer).balance == 0


def with_a_term(engine: Engine) -> tuple[int, int]:
    """A subscription that costs nothing but 60 if it is closed within twelve months of 1 February."""
    customer = in_march(engine)
    terms = {"minimum_months": 12, "cancellation_penalty": Decimal(60), "fee": Decimal(0)}
    return customer, a_subscription(engine, customer, plan_id=a_plan(engine, **terms), activated_on=date(2026, 2, 1))


def keep(engine: Engine, subscription_id: int, now: datetime = NOW) -> None:
    order = KeepSubscription(subscription_id=subscription_id, command_id=new_command_id())
    access_for(engine, now=now).execute(order)


def test_days_that_were_given_back_are_charged_again_when_a_subscription_is_kept(engine: Engine) -> None:
    customer = in_march(engine)
    made = subscribe(engine, customer, a_plan(engine, fee=Decimal(31)))
    finish(engine, made, date(2026, 3, 20))
    keep(engine, made)
    assert customer_of(engine, customer).balance == 16
    with pytest.raises(Rejected, match="has no last day"):
        keep(engine, made)


def test_the_penalty_stands_on_the_next_invoice(engine: Engine) -> None:
    customer = in_march(engine)
    plan = a_plan(engine, minimum_months=24, cancellation_penalty=Decimal(60), fee=Decimal(0))
    finish(engine, a_subscription(engine, customer, plan_id=plan))
    close(engine, customer)
    assert rows(engine, Invoice, customer)[0].total == 60


def test_the_fees_of_this_period_and_of_the_next_are_told(engine: Engine) -> None:
    customer = in_march(engine)
    ahead, after = a_plan(engine, fee=Decimal(31)), a_plan(engine, fee=Decimal(62), charge_model=ChargeModel.AT_THE_END)
    subscribe(engine, customer, ahead)
    made = subscribe(engine, customer, after, fee_percent=50)
    finish(engine, made, date(2026, 3, 20))
    told = [(row.current_fee, row.next_fee) for row in subscriptions(engine, customer)]
    assert told == [(Decimal(16), Decimal(31)), (Decimal(5), Decimal(0))]
    change(engine, subscriptions(engine, customer)[0].subscription_id, adjustment=Adjustment.UPCHARGE, fee_percent=200)
    assert subscriptions(engine, customer)[0].next_fee == 62
    assert subscriptions(engine, customer)[0].current_fee == 16  # it is charged


def test_a_closed_subscription_costs_nothing_next(engine: Engine) -> None:
    customer = a_customer(engine)
    a_subscription(engine, customer, plan_id=a_plan(engine, fee=Decimal(31)), finished_on=date(2026, 3, 1))
    (closed,) = subscriptions(engine, customer)
    assert (closed.state, closed.next_fee) == (SubscriptionState.CLOSED, 0)


def test_the_subscriptions_of_nobody_are_not_found(engine: Engine) -> None:
    with pytest.raises(NotFound):
        subscriptions(engine, 99)


@dataclass(frozen=True)
class FeesBooked(Query[int]):
    """How many fees of the running period are known as booked."""

    needs: ClassVar = Permission.CUSTOMER_READ
    customer_id: int

    def run(self, reader: Reader) -> int:
        running = running_fees(reader, reader.session.get_one(Customer, self.customer_id))
        assert running is not None
        return len(running.booked)


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ANALYST])
def test_a_fee_is_known_as_booked_to_whoever_looks(engine: Engine, role: Role) -> None:
    customer = a_customer(engine, period_from=date(2026, 3, 1), period_to=date(2026, 3, 31))
    subscribe(engine, customer, a_plan(engine, fee=Decimal(30)))
    assert access_for(engine, role).fetch(FeesBooked(customer)) == 1


def test_closing_on_the_first_day_is_closing_early(engine: Engine) -> None:
    customer = in_march(engine)
    plan = a_plan(engine, minimum_months=1, cancellation_penalty=Decimal(60), charge_model=ChargeModel.AT_THE_END)
    finish(engine, a_subscription(engine, customer, plan_id=plan, activated_on=NOW.date()), NOW.date())
    assert penalties(engine, customer) == [60]
