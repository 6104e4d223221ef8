"""Another billing period: on which day it begins, what the cut one before it costs, and how it is taken back."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.errors import Invalid, Rejected
from data_access.base.permissions import Role
from data_access.commands.billing.periods import ChangeBillingPeriod
from data_access.domain.billing.periods import Period, is_cut, measure, next_period
from data_access.models.customers import BillingPeriod, Customer
from data_access.models.services import ChargeModel
from data_access.queries.customers.billing_terms import BillingTermsOf
from data_access.store.access import new_command_id
from tests.data_access.test_periods_closing import close, customer_of, in_march
from tests.support.builders import a_plan, a_subscription
from tests.support.people import access_for

P = BillingPeriod
CREATED = date(2026, 1, 12)
MARCH, APRIL = Period(date(2026, 3, 1), date(2026, 3, 31)), Period(date(2026, 4, 1), date(2026, 4, 30))
CUT = Period(date(2026, 4, 1), date(2026, 4, 9))

FOLLOWING = {
    "nothing planned": (P.MONTHLY, None, APRIL),
    "planned for its end": (P.MONTHLY, date(2026, 5, 1), APRIL),
    "planned within it": (P.MONTHLY, date(2026, 4, 10), CUT),
    "planned for later": (P.MONTHLY, date(2026, 8, 1), APRIL),
}


@pytest.mark.parametrize(("kind", "change_on", "period"), FOLLOWING.values(), ids=FOLLOWING)
def test_the_period_before_a_change_ends_on_the_day_before(kind: P, change_on: date | None, period: Period) -> None:
    assert next_period(kind, MARCH, CREATED, change_on) == period


def test_a_cut_period_is_measured_by_the_whole_one() -> None:
    assert is_cut(P.MONTHLY, CUT, CREATED, date(2026, 4, 10))
    assert measure(P.MONTHLY, CUT, CREATED, date(2026, 4, 10)) == APRIL
    assert measure(P.MONTHLY, APRIL, CREATED, date(2026, 5, 1)) == APRIL
    assert not is_cut(P.MONTHLY, APRIL, CREATED, date(2026, 5, 1))


def change(engine: Engine, customer_id: int, kind: P, on: date | None = None, **over: Any) -> None:
    order = ChangeBillingPeriod(customer_id=customer_id, billing_period=kind, change_on=on, command_id=new_command_id())
    access_for(engine, Role.SUPPORT, **over).execute(order)


def ran(customer: Customer) -> tuple[P, date | None, date | None]:
    return customer.billing_period, customer.period_from, customer.period_to


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, 7, tzinfo=UTC)


def test_an_anniversary_begins_on_its_change_date_and_is_counted_from_it(engine: Engine) -> None:
    customer = in_march(engine)
    change(engine, customer, P.ANNIVERSARY, date(2026, 4, 10))
    assert ran(customer_of(engine, customer)) == (P.MONTHLY, date(2026, 3, 1), date(2026, 3, 31))
    close(engine, customer, at(4, 1))
    assert ran(customer_of(engine, customer)) == (P.MONTHLY, date(2026, 4, 1), date(2026, 4, 9))
    close(engine, customer, at(4, 10))
    assert ran(customer_of(engine, customer)) == (P.ANNIVERSARY, date(2026, 4, 10), date(2026, 5, 9))
    close(engine, customer, at(5, 10))
    assert ran(customer_of(engine, customer)) == (P.ANNIVERSARY, date(2026, 5, 10), date(2026, 6, 9))


def test_thirty_days_are_counted_from_the_change_date(engine: Engine) -> None:
    customer = in_march(engine)
    change(engine, customer, P.THIRTY_DAYS)
    close(engine, customer, at(4, 1))
    assert ran(customer_of(engine, customer)) == (P.THIRTY_DAYS, date(2026, 4, 1), date(2026, 4, 30))
    close(engine, customer, at(5, 1))
    assert ran(customer_of(engine, customer)) == (P.THIRTY_DAYS, date(2026, 5, 1), date(2026, 5, 30))


def test_a_fee_of_a_cut_period_is_its_share(engine: Engine) -> None:
    customer = in_march(engine)
    plan = a_plan(engine, fee=Decimal(30), charge_model=ChargeModel.AT_THE_END)
    a_subscription(engine, customer, plan_id=plan, charged_until=date(2026, 3, 31))
    change(engine, customer, P.ANNIVERSARY, date(2026, 4, 10))
    close(engine, customer, at(4, 1))
    close(engine, customer, at(4, 10))
    assert customer_of(engine, customer).balance == 9  # 9 of 30 days
    close(engine, customer, at(5, 10))
    assert customer_of(engine, customer).balance == 39


def test_a_change_is_taken_back_by_the_present_kind_until_a_period_is_cut_for_it(engine: Engine) -> None:
    customer = in_march(engine)
    with pytest.raises(Rejected, match="Nothing was changed"):
        change(engine, customer, P.MONTHLY)
    change(engine, customer, P.ANNIVERSARY, date(2026, 4, 10))
    change(engine, customer, P.MONTHLY)
    told = access_for(engine).fetch(BillingTermsOf(customer))
    assert (told.next_period, told.change_on, told.next_billing_on) == (None, None, date(2026, 4, 1))
    change(engine, customer, P.ANNIVERSARY, date(2026, 4, 10))
    close(engine, customer, at(4, 1))
    told = access_for(engine).fetch(BillingTermsOf(customer))
    assert (told.next_period, told.change_on, told.is_settled) == (P.ANNIVERSARY, date(2026, 4, 10), True)
    with pytest.raises(Rejected, match="9 April 2026 for a change"):
        change(engine, customer, P.MONTHLY)


@pytest.mark.parametrize(
    ("kind", "on", "says"),
    [
        (P.ANNIVERSARY, date(2026, 3, 31), "from 1 April 2026 on"),
        (P.THIRTY_DAYS, date(2027, 5, 1), "at most a year later"),
        (P.WEEKLY, date(2026, 4, 2), "on 1 April 2026"),
    ],
)
def test_a_change_date_that_cannot_be_is_refused(engine: Engine, kind: P, on: date, says: str) -> None:
    with pytest.raises(Invalid, match=says):
        change(engine, in_march(engine), kind, on)
