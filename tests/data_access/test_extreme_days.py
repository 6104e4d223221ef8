"""The first and the last of all days, in every command that takes one: refused in a sentence, or harmless."""

import importlib
import pkgutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, get_type_hints

import pytest
from sqlalchemy import Engine

from data_access import commands
from data_access.base.bookings import Kind
from data_access.base.errors import Refusal
from data_access.base.permissions import Role
from data_access.commands.billing.money import BookTransaction
from data_access.commands.billing.periods import ChangeBillingPeriod
from data_access.commands.cards.cards import AddCard
from data_access.commands.classes.policies import AddHoliday
from data_access.commands.collections.promises import MakePromise
from data_access.commands.customers.limits import RaiseLimit
from data_access.commands.customers.notes import AddNote
from data_access.commands.customers.status import ChangeStatus, MovePlan, PlanMove
from data_access.commands.services.accounts import CloseAccount
from data_access.commands.services.discounts import AssignDiscountPlan, TakeDiscountPlanAway
from data_access.commands.services.quotas import GrantQuota
from data_access.commands.services.services import AddSubscription, ChangeSubscription, FinishSubscription
from data_access.commands.services.usage import RecordUsage
from data_access.commands.usage.rated_usage import RecordUnratedUsage
from data_access.models.customers import BillingPeriod
from data_access.models.quotas import Unit
from data_access.queries.billing.invoicing import InvoiceAhead
from data_access.queries.customers.accounts import ListAccounts
from data_access.queries.customers.customer import CustomerHead
from data_access.queries.customers.limits import LimitsOf
from data_access.queries.forecast.customer_forecast import WhatHappensNext
from data_access.queries.forecast.next_invoice import NextInvoiceOf
from data_access.queries.services.discounts import DiscountsOf
from data_access.queries.services.quotas import QuotasOf
from data_access.queries.services.services import SubscriptionsOf
from data_access.queries.timeline.history import ScheduledChanges
from data_access.queries.timeline.timeline import Timeline
from data_access.store.access import Command, new_command_id
from tests.data_access.test_periods_closing import close, in_march
from tests.support.builders import (
    a_discount,
    a_discount_plan,
    a_plan,
    a_subscription,
    an_account,
)
from tests.support.people import NOW, access_for

FIRST_INSTANT = datetime(1, 1, 2, tzinfo=UTC)
LAST_INSTANT = datetime(9999, 12, 30, tzinfo=UTC)
LOOKS = (
    CustomerHead, LimitsOf, ListAccounts, SubscriptionsOf, QuotasOf, DiscountsOf, WhatHappensNext, ScheduledChanges,
    Timeline, InvoiceAhead, NextInvoiceOf,
)  # fmt: skip
RULE = ("Calls", "amount", "10", "5")
Beside = Callable[[Engine, int], dict[str, Any]]


def of_customer(**what: Any) -> Beside:
    return lambda _engine, customer: {"customer_id": customer, **what}


def a_row(name: str, made: Callable[[Engine, int], int], **what: Any) -> Beside:
    return lambda engine, customer: {name: made(engine, customer), **what}


def planned(engine: Engine, customer: int) -> int:
    order = PlanMove(
        customer_id=customer, move="provisionally_terminate", due_on=date(2026, 4, 1), reason="r",
        command_id=new_command_id(),
    )  # fmt: skip
    return access_for(engine, Role.ADMIN).execute(order).plan_id


ORDERS: dict[type[Command[Any]], Beside] = {
    AddCard: of_customer(token="test-approve-77", brand="Visa", last_four="4242"),
    AddHoliday: lambda _engine, _customer: {"name": "Day of days"},
    AddNote: of_customer(text="Called back."),
    AddSubscription: lambda engine, customer: {"customer_id": customer, "plan_id": a_plan(engine)},
    AssignDiscountPlan: lambda engine, customer: {"customer_id": customer, "plan_id": a_discount_plan(engine, RULE)},
    BookTransaction: of_customer(kind=Kind.MANUAL_PAYMENT, amount=Decimal(1)),
    ChangeBillingPeriod: of_customer(billing_period=BillingPeriod.ANNIVERSARY),
    ChangeStatus: of_customer(move="permanently_terminate", confirm_customer_code="C-1"),
    ChangeSubscription: a_row("subscription_id", a_subscription, version=1, fee_percent=100),
    CloseAccount: a_row("account_id", an_account),
    FinishSubscription: a_row("subscription_id", a_subscription),
    GrantQuota: of_customer(service="Calls", unit=Unit.MINUTES, allowance=Decimal(60)),
    MakePromise: of_customer(amount=Decimal(1)),
    MovePlan: a_row("plan_id", planned),
    PlanMove: of_customer(move="provisionally_terminate"),
    RaiseLimit: of_customer(amount=Decimal(1)),
    RecordUnratedUsage: of_customer(number="49301234567", reference="u-1", seconds=60),
    RecordUsage: of_customer(reference="u-1", service="Calls", amount=Decimal(1)),
    TakeDiscountPlanAway: a_row("discount_id", a_discount),
}


@dataclass(frozen=True)
class Extreme:
    """A command, and which of its fields holds the first or the last of all days."""

    kind: type[Command[Any]]
    name: str
    value: date

    def __str__(self) -> str:
        return f"{self.kind.__name__}-{self.name}-{self.value.year}"


def dated(kind: type[Command[Any]]) -> dict[str, type[date]]:
    hints = {one.name: str(get_type_hints(kind)[one.name]) for one in fields(kind)}
    return {
        name: datetime if "datetime.datetime" in hint else date for name, hint in hints.items() if "datetime." in hint
    }


def kinds() -> list[type[Command[Any]]]:
    for found in pkgutil.walk_packages(commands.__path__, f"{commands.__name__}."):
        importlib.import_module(found.name)
    return [kind for kind in below(Command) if kind.__module__.startswith(commands.__name__) and dated(kind)]


def below(kind: type[Any]) -> set[type[Any]]:
    return {one for sub in kind.__subclasses__() for one in (sub, *below(sub))}


def extremes() -> list[Extreme]:
    ends = {date: (date.min, date.max), datetime: (FIRST_INSTANT, LAST_INSTANT)}
    found = [Extreme(kind, name, end) for kind in ORDERS for name, of in dated(kind).items() for end in ends[of]]
    return sorted(found, key=str)


def test_each_command_that_takes_a_day_is_tried() -> None:
    assert set(kinds()) == set(ORDERS)


@pytest.mark.parametrize("zone", ["Pacific/Honolulu", "Pacific/Auckland"])
@pytest.mark.parametrize("extreme", extremes(), ids=str)
def test_the_first_and_the_last_of_all_days_break_nothing(engine: Engine, extreme: Extreme, zone: str) -> None:
    customer = in_march(engine, customer_code="C-1", billing_zone=zone, balance=Decimal(5))
    told = ORDERS[extreme.kind](engine, customer) | {extreme.name: extreme.value, "reason": "r"}
    access = access_for(engine, Role.ADMIN, NOW)
    with suppress(Refusal):
        access.execute(extreme.kind(command_id=new_command_id(), **told))
    for look in LOOKS:
        access.fetch(look(customer))
    close(engine, customer)
