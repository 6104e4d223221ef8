"""Foretold: what is said to happen next is what happens when the clock gets there, neither more nor less."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from data_access.base.errors import NotFound
from data_access.base.permissions import SYSTEM
from data_access.base.statuses import BillStatus
from data_access.commands.collections.collection import Collect
from data_access.commands.collections.promises import MakePromise
from data_access.commands.customers.lifecycle import CarryOutPlan, EndLife
from data_access.commands.customers.status import ChangeStatus, PlanMove
from data_access.models.collection import CollectionStep
from data_access.models.history import PlannedMove, StatusEvent
from data_access.queries.forecast.customer_forecast import WhatHappensNext
from data_access.queries.forecast.forecast_steps import ForecastStep, Foreseen
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_class, a_customer, an_invoice

START = datetime(2026, 6, 2, 9, tzinfo=UTC)
STEPS = (Foreseen.NOTICE, Foreseen.OVERDUE, Foreseen.LIMITATION, Foreseen.SUSPENSION, Foreseen.TERMINATION)
HARSH: dict[str, Any] = {
    "reminders": [7, 3], "resends": [0, 7], "late_fee": Decimal(5), "limit_after": 6, "limit_notices": [2],
    "suspend_after": 10, "suspend_notices": [3, 1], "terminate_after": 30, "terminate_notices": [5],
    "reactivation_window_days": 20,
}  # fmt: skip


def a_debtor(engine: Engine, zone: str = "UTC", invoices: int = 1, **terms: Any) -> int:
    customer = a_customer(engine, customer_class_id=a_class(engine, **terms), billing_zone=zone)
    for number in range(invoices):
        issued_on = date(2026, 6, 1) + timedelta(days=11 * number)
        an_invoice(engine, customer, issued_on=issued_on, due_on=issued_on + timedelta(days=15))
    return customer


def system(engine: Engine, now: datetime = START) -> Access:
    return Access(engine, SYSTEM, lambda: now)


def foretold(engine: Engine, customer_id: int, now: datetime = START) -> list[ForecastStep]:
    return list(system(engine, now).fetch(WhatHappensNext(customer_id)))


def run(engine: Engine, customer_id: int, now: datetime) -> None:
    """What the jobs do about one customer at an instant."""
    access = system(engine, now)
    access.execute(Collect(customer_id=customer_id, command_id=new_command_id()))
    access.execute(EndLife(customer_id=customer_id, command_id=new_command_id()))
    with Session(engine) as session:
        plans = session.scalars(select(PlannedMove.id).where(PlannedMove.customer_id == customer_id)).all()
    for plan in plans:
        access.execute(CarryOutPlan(plan_id=plan, command_id=new_command_id()))


def done(engine: Engine, customer_id: int) -> tuple[int, list[str]]:
    """How many steps were taken, and the status changes."""
    with Session(engine) as session:
        steps = session.scalar(select(func.count(CollectionStep.id)).where(CollectionStep.customer_id == customer_id))
        events = select(StatusEvent.move).where(StatusEvent.customer_id == customer_id).order_by(StatusEvent.id)
        return steps or 0, list(session.scalars(events))


MOVE_OF = {
    Foreseen.LIMITATION: "limit_service", Foreseen.SUSPENSION: "suspend", Foreseen.TERMINATION: "terminate_unpaid",
    Foreseen.LIFT_END: "suspend_again", Foreseen.END: "close", Foreseen.PLAN: "provisionally_terminate",
}  # fmt: skip


def comes_true(engine: Engine, customer_id: int, told: list[ForecastStep]) -> None:
    """Goes to each moment, and to the one before it, and finds what was said for it."""
    for at, count in sorted(Counter(one.at for one in told).items()):
        before = done(engine, customer_id)
        run(engine, customer_id, at - timedelta(seconds=1))
        assert done(engine, customer_id) == before, f"something came before {at}"
        run(engine, customer_id, at)
        now = [one.kind for one in told if one.at == at]
        assert len(now) == count
        steps, moves = done(engine, customer_id)
        assert steps - before[0] == sum(kind in STEPS for kind in now), at
        assert moves[len(before[1]) :] == [MOVE_OF[kind] for kind in now if kind in MOVE_OF], at
    after = done(engine, customer_id)
    run(engine, customer_id, START + timedelta(days=1000))
    assert done(engine, customer_id) == after, "nothing comes that was not foretold"


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
@pytest.mark.parametrize("invoices", [1, 3])
def test_what_is_foretold_of_a_debtor_comes_true(engine: Engine, zone: str, invoices: int) -> None:
    customer = a_debtor(engine, zone, invoices, **HARSH, hour=8, spread_minutes=45)
    told = foretold(engine, customer)
    assert {one.kind for one in told} == {*STEPS, Foreseen.END}
    comes_true(engine, customer, told)


def test_the_end_of_a_lift_and_of_the_customer_come_true(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=3, terminate_after=12, reactivation_window_days=5)
    now = datetime(2026, 6, 20, 12, tzinfo=UTC)
    run(engine, customer, now)
    lift = ChangeStatus(
        customer_id=customer, move="lift_suspension", day=date(2026, 6, 24), reason="asked", command_id=new_command_id()
    )
    system(engine, now).execute(lift)
    told = foretold(engine, customer, now)
    assert [(one.on, one.kind) for one in told] == [
        (date(2026, 6, 24), Foreseen.LIFT_END),
        (date(2026, 6, 28), Foreseen.TERMINATION),
        (date(2026, 7, 3), Foreseen.END),
    ]
    comes_true(engine, customer, told)


def test_a_planned_change_comes_true_and_ends_collection(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=10, reactivation_window_days=20)
    plan = PlanMove(
        customer_id=customer, move="provisionally_terminate", due_on=date(2026, 6, 20), reason="moves away",
        command_id=new_command_id(),
    )  # fmt: skip
    system(engine).execute(plan)
    told = foretold(engine, customer)
    assert [one.kind for one in told] == [Foreseen.OVERDUE, Foreseen.PLAN, Foreseen.END]
    comes_true(engine, customer, told)


def test_what_should_have_been_done_already_is_foretold_for_now(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=3)
    now = datetime(2026, 7, 1, tzinfo=UTC)
    assert [(one.at, one.kind) for one in foretold(engine, customer, now)] == [
        (now, Foreseen.OVERDUE),
        (now, Foreseen.SUSPENSION),
    ]
    assert " is overdue." in foretold(engine, customer, now)[0].says


def test_each_step_is_told_in_a_sentence_with_its_invoice(engine: Engine) -> None:
    customer = a_customer(engine, customer_class_id=a_class(engine, late_fee=Decimal(5), suspend_after=10))
    an_invoice(engine, customer, number="R-1", issued_on=date(2026, 6, 1), due_on=date(2026, 6, 16))
    assert [(one.says, one.amount, one.number) for one in foretold(engine, customer)] == [
        ("Invoice R-1 becomes overdue; a late payment fee of {amount} is booked.", Decimal(5), "R-1"),
        ("Suspended, unless invoice R-1 is paid.", None, "R-1"),
    ]


def test_promises_limits_and_periods_are_told_of_beside(engine: Engine) -> None:
    customer = a_customer(
        engine, temporary_limit=Decimal(50), temporary_limit_until=START + timedelta(days=1),
        period_from=date(2026, 6, 1), period_to=date(2026, 6, 30), closes_at=datetime(2026, 7, 1, 6, tzinfo=UTC),
    )  # fmt: skip
    promise = MakePromise(
        customer_id=customer, amount=Decimal(20), due_on=date(2026, 6, 10), command_id=new_command_id()
    )
    system(engine).execute(promise)
    assert [(one.on, one.kind, one.amount) for one in foretold(engine, customer)] == [
        (date(2026, 6, 3), Foreseen.LIMIT_END, Decimal(50)),
        (date(2026, 6, 10), Foreseen.PROMISE, Decimal(20)),
        (date(2026, 7, 1), Foreseen.PERIOD, None),
    ]


def test_nothing_is_told_of_a_customer_that_is_not_there(engine: Engine) -> None:
    with pytest.raises(NotFound):
        foretold(engine, 404)


def test_a_lift_that_runs_out_with_nothing_overdue_ends_the_suspension(engine: Engine) -> None:
    customer = a_customer(
        engine, bill_status=BillStatus.SUSPENDED, suspension_lifted_until=START + timedelta(days=2),
        first_lifted_on=START.date(),
    )  # fmt: skip
    assert [(one.on, one.kind) for one in foretold(engine, customer)] == [(date(2026, 6, 4), Foreseen.RESUME)]
