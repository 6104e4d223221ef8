"""A wait for funds: what is said of its end, by a payment or by the days that pass, is what ends it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import Engine

from data_access.base.statuses import BillStatus
from data_access.queries.billing.payment_needed import PaymentAwaited
from data_access.queries.forecast.customer_forecast import WhatHappensNext
from data_access.queries.forecast.forecast_steps import Foreseen
from tests.data_access.test_periods_closing import a_prepaid, check, close, customer_of, pay, system
from tests.support.builders import an_invoice

BEGINS = datetime(2026, 11, 1, 6, tzinfo=UTC)
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)


def waiting(engine: Engine, **plan: bool) -> int:
    """A prepaid customer with 20 of funds, suspended on 1 November for a fee of 30."""
    customer = a_prepaid(engine, 20, **plan)
    close(engine, customer, BEGINS)
    return customer


def foretold(engine: Engine, customer_id: int, now: datetime) -> list[tuple[datetime, Foreseen]]:
    told = system(engine, now).fetch(WhatHappensNext(customer_id))
    return [(one.at, one.kind) for one in told if one.kind is not Foreseen.PERIOD]


def test_the_day_on_which_a_wait_for_funds_ends_is_foretold_and_comes_true(engine: Engine) -> None:
    customer = waiting(engine, credit_suspended=True)
    ((at, kind),) = foretold(engine, customer, NOW)
    assert (at, kind) == (datetime(2026, 11, 11, tzinfo=UTC), Foreseen.RESUME)
    assert system(engine, at).fetch(PaymentAwaited(customer)) is None
    assert not check(engine, customer, at - timedelta(seconds=1))
    assert check(engine, customer, at)
    assert customer_of(engine, customer).bill_status is BillStatus.OPEN
    assert foretold(engine, customer, at) == []


def test_the_payment_that_ends_a_wait_for_funds_is_foretold_and_comes_true(engine: Engine) -> None:
    customer = waiting(engine)
    assert foretold(engine, customer, NOW) == []
    assert system(engine, NOW).fetch(PaymentAwaited(customer)) == Decimal(10)
    pay(engine, customer, 9, NOW)
    assert customer_of(engine, customer).bill_status is BillStatus.SUSPENDED
    assert system(engine, NOW).fetch(PaymentAwaited(customer)) == Decimal(1)
    pay(engine, customer, 1, NOW)
    assert customer_of(engine, customer).bill_status is BillStatus.OPEN
    assert system(engine, NOW).fetch(PaymentAwaited(customer)) is None


def test_a_wait_for_funds_with_something_overdue_ends_by_payment_alone(engine: Engine) -> None:
    customer = waiting(engine, credit_suspended=True)
    an_invoice(engine, customer, total=Decimal(25), issued_on=date(2026, 10, 1), due_on=date(2026, 10, 15))
    assert Foreseen.RESUME not in [kind for _, kind in foretold(engine, customer, NOW)]
    assert not check(engine, customer, datetime(2026, 11, 20, tzinfo=UTC))
