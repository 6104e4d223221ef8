"""Midnight where a customer is billed: on either side of it stands another day, for all that counts by the day."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.errors import Rejected
from data_access.base.permissions import Role
from data_access.commands.numbers.dids import AssignDid, ReleaseDid
from data_access.commands.services.fraud import RaiseToday
from data_access.commands.services.services import FinishSubscription
from data_access.commands.services.usage import RecordUsage
from data_access.commands.services.wallets import TopUpWallet
from data_access.models.numbers import Did
from data_access.models.services import ChargeModel
from data_access.store.access import new_command_id
from tests.data_access.test_periods_closing import booked, in_march
from tests.support.builders import a_class, a_did, a_plan, a_subscription, a_top_up_option
from tests.support.people import access_for

JUST_BEFORE, A_DAY = timedelta(microseconds=-1), timedelta(days=1)
ZONES = pytest.mark.parametrize(
    ("zone", "midnight"),  # where 20 March begins
    [
        ("Pacific/Auckland", datetime(2026, 3, 19, 11, tzinfo=UTC)),
        ("Pacific/Honolulu", datetime(2026, 3, 20, 10, tzinfo=UTC)),
    ],
)


def done(engine: Engine, order: Any, now: datetime, **what: Any) -> Any:
    return access_for(engine, Role.ADMIN, now).execute(order(command_id=new_command_id(), **what))


def use(engine: Engine, customer: int, amount: int, now: datetime) -> None:
    what = {"reference": f"{now}{amount}", "service": "Calls", "amount": Decimal(amount), "at": now}
    done(engine, RecordUsage, now, customer_id=customer, **what)


@ZONES
def test_what_may_be_spent_begins_again_and_a_raise_ends(engine: Engine, zone: str, midnight: datetime) -> None:
    of_class = a_class(engine, currency="EUR")
    customer = in_march(engine, customer_class_id=of_class, billing_zone=zone, daily_spending_limit=Decimal(10))
    for begins in (midnight + JUST_BEFORE, midnight):
        use(engine, customer, 10, begins)
        with pytest.raises(Rejected, match="daily spending limit"):
            use(engine, customer, 1, begins)
    done(engine, RaiseToday, midnight, customer_id=customer, limit=Decimal(11), reason="asked for")
    use(engine, customer, 1, midnight + A_DAY + JUST_BEFORE)
    use(engine, customer, 10, midnight + A_DAY)
    with pytest.raises(Rejected, match="daily spending limit"):
        use(engine, customer, 1, midnight + A_DAY)


@ZONES
def test_a_top_up_of_one_day_ends_with_the_day_of_its_order(engine: Engine, zone: str, midnight: datetime) -> None:
    customer, option = in_march(engine, billing_zone=zone), a_top_up_option(engine, lifetime_days=1)
    for now, day in ((midnight + JUST_BEFORE, "2026-03-19"), (midnight, "2026-03-20")):
        assert done(engine, TopUpWallet, now, customer_id=customer, option_id=option).expires_on == day


@ZONES
def test_a_number_held_for_a_microsecond_costs_its_day(engine: Engine, zone: str, midnight: datetime) -> None:
    customer, did = in_march(engine, billing_zone=zone), a_did(engine, fee=Decimal(31))
    done(engine, AssignDid, midnight + JUST_BEFORE, did_id=did, customer_id=customer)
    with Session(engine) as session:
        assert session.get_one(Did, did).assigned_on == date(2026, 3, 19)
    done(engine, ReleaseDid, midnight, did_id=did)
    assert booked(engine, customer) == [(Kind.DID_FEE, 1)]


@ZONES
def test_the_last_day_of_a_minimum_term_lasts_until_midnight(engine: Engine, zone: str, midnight: datetime) -> None:
    customer = in_march(engine, billing_zone=zone)
    plan = a_plan(
        engine, minimum_months=1, cancellation_penalty=Decimal(60), charge_model=ChargeModel.AT_THE_END
    )  # ends on 19 March
    for now, penalties in ((midnight - A_DAY + JUST_BEFORE, 1), (midnight + JUST_BEFORE, 1)):
        made = a_subscription(engine, customer, plan_id=plan, activated_on=date(2026, 2, 20))
        done(engine, FinishSubscription, now, subscription_id=made)
        assert [kind for kind, _ in booked(engine, customer)] == [Kind.CANCELLATION_PENALTY] * penalties
