"""Warning thresholds: one notice a crossing, armed again after falling back by the margin."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.errors import Invalid, Rejected
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.customers.customers import EditCustomer
from data_access.commands.customers.thresholds import SetWarningThresholds, ThresholdEntry
from data_access.models.collection import ThresholdKind
from data_access.models.customers import BalanceControl
from data_access.models.outbox import Message
from data_access.queries.customers.limits import LimitsOf
from data_access.store.access import new_command_id
from tests.data_access.test_money import booking
from tests.data_access.test_usage import usage
from tests.support.builders import a_customer
from tests.support.people import NOW, access_for

D = Decimal
AMOUNT, PERCENT = ThresholdKind.AMOUNT, ThresholdKind.PERCENT


def warned_at(engine: Engine, customer_id: int, *entries: tuple[ThresholdKind, str]) -> int:
    """The customer, with these thresholds."""
    order = SetWarningThresholds(
        customer_id=customer_id, entries=tuple(ThresholdEntry(kind, D(value)) for kind, value in entries),
        command_id=new_command_id(),
    )  # fmt: skip
    access_for(engine, Role.SUPPORT).execute(order)
    return customer_id


def move(engine: Engine, customer_id: int, amount: str) -> None:
    """The balance goes up by a charge, or down by a payment."""
    kind = Kind.MANUAL_PAYMENT if amount.startswith("-") else Kind.MANUAL_CHARGE
    access_for(engine, Role.ADMIN).execute(booking(customer_id, kind, amount.removeprefix("-")))


def notices(engine: Engine) -> list[str]:
    with Session(engine) as session:
        told = select(Message.subject).where(Message.event == "threshold_reached").order_by(Message.id)
        return [subject.removeprefix("You have reached ") for subject in session.scalars(told)]


def test_a_balance_that_reaches_a_threshold_is_told_once(engine: Engine) -> None:
    customer = warned_at(engine, a_customer(engine), (AMOUNT, "50"))
    move(engine, customer, "49.99999")
    assert notices(engine) == []
    move(engine, customer, "0.00001")
    move(engine, customer, "30")
    assert notices(engine) == ["a balance of 50.00 EUR"]


def test_several_thresholds_are_several_notices(engine: Engine) -> None:
    customer = a_customer(engine, credit_limit=D(200))
    warned_at(engine, customer, (PERCENT, "80"), (PERCENT, "90"), (AMOUNT, "170"))
    move(engine, customer, "172")
    assert sorted(notices(engine)) == ["80 % of your credit limit", "a balance of 170.00 EUR"]


@pytest.mark.parametrize(("falls_by", "crossings"), [("-2.50", 1), ("-2.51", 2)])
def test_a_threshold_is_armed_again_below_its_margin(engine: Engine, falls_by: str, crossings: int) -> None:
    customer = warned_at(engine, a_customer(engine), (AMOUNT, "50"))
    for amount in ("50", falls_by, "10"):
        move(engine, customer, amount)
    assert len(notices(engine)) == crossings


def test_prepaid_funds_that_fall_to_a_threshold_are_told(engine: Engine) -> None:
    customer = a_customer(engine, balance_control=BalanceControl.PREPAID, balance=D(-30))
    warned_at(engine, customer, (AMOUNT, "10"))
    access = access_for(engine, Role.ADMIN)
    access.execute(usage(customer, "19", "a"))
    assert notices(engine) == []
    access.execute(usage(customer, "1", "b"))
    access.execute(usage(customer, "5", "c"))
    assert notices(engine) == ["available funds of 10.00 EUR"]
    move(engine, customer, "-5.50")
    access.execute(usage(customer, "1", "d"))
    assert len(notices(engine)) == 1
    move(engine, customer, "-5")
    access.execute(usage(customer, "5", "e"))
    assert len(notices(engine)) == 2


def test_a_threshold_that_is_passed_when_it_is_set_is_told_at_once(engine: Engine) -> None:
    warned_at(engine, a_customer(engine, balance=D(60)), (AMOUNT, "50"))
    assert notices(engine) == ["a balance of 50.00 EUR"]


def test_setting_thresholds_anew_keeps_what_was_crossed(engine: Engine) -> None:
    customer = warned_at(engine, a_customer(engine, balance=D(60)), (AMOUNT, "50"))
    warned_at(engine, customer, (AMOUNT, "50"), (AMOUNT, "55"))
    assert notices(engine) == ["a balance of 50.00 EUR", "a balance of 55.00 EUR"]


def test_a_threshold_that_was_taken_away_warns_no_more_until_it_is_set_again(engine: Engine) -> None:
    customer = warned_at(engine, a_customer(engine), (AMOUNT, "50"), (AMOUNT, "90"))
    warned_at(engine, customer, (AMOUNT, "90"))
    move(engine, customer, "60")
    assert notices(engine) == []
    warned_at(engine, customer, (AMOUNT, "50"))
    assert notices(engine) == ["a balance of 50.00 EUR"]
    shown = access_for(engine, Role.SUPPORT).fetch(LimitsOf(customer)).thresholds
    assert [(one.value, one.crossed_at) for one in shown] == [(D(50), NOW)]


def test_a_percentage_is_of_the_permanent_limit_even_while_it_is_raised(engine: Engine) -> None:
    raised: dict[str, Any] = {"temporary_limit": D(100), "temporary_limit_until": NOW + timedelta(days=1)}
    customer = warned_at(engine, a_customer(engine, credit_limit=D(100), **raised), (PERCENT, "80"))
    move(engine, customer, "80")
    assert notices(engine) == ["80 % of your credit limit"]


def test_a_lower_permanent_limit_brings_its_percentages_nearer(engine: Engine) -> None:
    customer = warned_at(engine, a_customer(engine, credit_limit=D(1000), balance=D(90)), (PERCENT, "80"))
    lower = EditCustomer(
        customer_id=customer, version=1, shown={}, changes={"credit_limit": "100"}, command_id=new_command_id()
    )
    access_for(engine, Role.MANAGER).execute(lower)
    assert notices(engine) == ["80 % of your credit limit"]


@pytest.mark.parametrize(
    ("facts", "entries", "reason"),
    [
        ({"balance_control": BalanceControl.PREPAID}, [(PERCENT, "50")], "give amounts of available funds"),
        ({"credit_limit": None}, [(PERCENT, "50")], "above zero: give an amount"),
        ({"credit_limit": D(0)}, [(PERCENT, "50")], "above zero: give an amount"),
        ({}, [(PERCENT, "100.01")], "100 at most"),
        ({}, [(AMOUNT, "0")], "above zero"),
        ({}, [(AMOUNT, "5"), (AMOUNT, "5.00")], "given twice"),
        ({}, [(AMOUNT, str(n)) for n in range(1, 22)], "At most 20"),
    ],
)
def test_thresholds_that_mean_nothing_are_refused(
    engine: Engine, facts: dict[str, Any], entries: list[tuple[ThresholdKind, str]], reason: str
) -> None:
    with pytest.raises(Invalid, match=reason):
        warned_at(engine, a_customer(engine, **facts), *entries)


def test_a_permanently_terminated_customer_is_not_warned_any_more(engine: Engine) -> None:
    customer = a_customer(engine, bill_status=BillStatus.PERMANENTLY_TERMINATED)
    with pytest.raises(Rejected, match="nothing can be edited"):
        warned_at(engine, customer, (AMOUNT, "5"))
