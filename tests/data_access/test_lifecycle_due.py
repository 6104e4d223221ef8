"""What happens in a customer's life by itself: found on its day in the customer's zone, done once, told in full."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.errors import NotPermitted
from data_access.base.permissions import PEOPLE_ROLES, SYSTEM, Role
from data_access.base.statuses import BillStatus
from data_access.commands.customers.lifecycle import CarryOutPlan, EndLife, LifeEnded, PlanCarriedOut
from data_access.models.customers import Customer
from data_access.models.history import PlannedMove, PlanState, StatusEvent
from data_access.models.numbers import Did
from data_access.queries.jobs.lifecycle_due import DuePlans, DueTerminations
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_customer, a_did, a_suspended_customer
from tests.support.people import NOW, access_for
from tests.support.rows import insert

DAY = date(2026, 3, 20)
PROVISIONAL = {"bill_status": BillStatus.PROVISIONALLY_TERMINATED, "terminate_on": DAY}


def at(hour: int, day: date = DAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def system(engine: Engine, now: datetime) -> Access:
    return Access(engine, SYSTEM, lambda: now)


def end(engine: Engine, customer_id: int, now: datetime) -> LifeEnded:
    return system(engine, now).execute(EndLife(customer_id=customer_id, command_id=new_command_id()))


def carry_out(engine: Engine, plan_id: int, now: datetime) -> PlanCarriedOut:
    return system(engine, now).execute(CarryOutPlan(plan_id=plan_id, command_id=new_command_id()))


def a_plan(engine: Engine, customer_id: int, **over: Any) -> int:
    row = {
        "customer_id": customer_id, "move": "provisionally_terminate", "due_on": DAY, "login": "maria",
        "reason": "moves abroad", "planned_at": NOW, "state": PlanState.PLANNED,
    } | over  # fmt: skip
    return insert(engine, PlannedMove, row)


def one(engine: Engine, model: type[Any], key: int) -> Any:
    with Session(engine) as session:
        return session.get_one(model, key)


def last_event(engine: Engine, customer_id: int) -> StatusEvent:
    with Session(engine) as session:
        events = select(StatusEvent).where(StatusEvent.customer_id == customer_id)
        return session.scalars(events.order_by(StatusEvent.id.desc())).first() or pytest.fail("no event")


@pytest.mark.parametrize(
    ("zone", "not_yet", "due"),
    [
        ("UTC", at(23, DAY - timedelta(days=1)), at(0)),
        ("Pacific/Kiritimati", at(9, DAY - timedelta(days=1)), at(10, DAY - timedelta(days=1))),
        ("Pacific/Honolulu", at(9), at(10)),
        ("Europe/Berlin", at(22, DAY - timedelta(days=1)), at(23, DAY - timedelta(days=1))),
    ],
)
def test_a_termination_is_due_when_its_date_begins_where_the_customer_is_billed(
    engine: Engine, zone: str, not_yet: datetime, due: datetime
) -> None:
    customer_id = a_customer(engine, **PROVISIONAL, billing_zone=zone)
    assert system(engine, not_yet).fetch(DueTerminations()) == []
    assert end(engine, customer_id, not_yet).ended == 0
    assert system(engine, due).fetch(DueTerminations()) == [customer_id]
    assert end(engine, customer_id, due).ended == 1
    assert system(engine, due).fetch(DueTerminations()) == []
    assert one(engine, Customer, customer_id).terminated_at == due


@pytest.mark.parametrize(
    ("over", "reason"),
    [
        (PROVISIONAL, "The time for reactivation has run out."),
        ({"terminate_on": DAY}, "The termination date has come."),
        ({"terminate_on": DAY, "blocked": True}, "The termination date has come."),
    ],
    ids=["the window has ended", "planned", "planned, and blocked since"],
)
def test_a_life_ends_with_its_event_and_its_numbers_are_released(
    engine: Engine, over: dict[str, Any], reason: str
) -> None:
    customer_id = a_customer(engine, **over)
    number = a_did(engine, customer_id)
    end(engine, customer_id, at(1))
    event = last_event(engine, customer_id)
    assert (event.move, event.status_to, event.login, event.reason) == (
        "close", BillStatus.PERMANENTLY_TERMINATED, "system", reason,
    )  # fmt: skip
    assert one(engine, Did, number).customer_id is None


def test_a_suspended_customer_ends_on_the_date_too_and_the_debt_stays(engine: Engine) -> None:
    customer_id = a_suspended_customer(engine, terminate_on=DAY)
    assert end(engine, customer_id, at(1)).ended == 1
    ended = one(engine, Customer, customer_id)
    assert (ended.bill_status, ended.suspended_at, ended.outstanding) == (BillStatus.PERMANENTLY_TERMINATED, None, 100)


@pytest.mark.parametrize(
    "over",
    [
        {},
        {"bill_status": BillStatus.PERMANENTLY_TERMINATED, "terminate_on": DAY},
        {"bill_status": BillStatus.EXPORTED},
    ],
    ids=["reactivated since", "ended already", "exported"],
)
def test_what_is_not_due_any_more_is_left_alone(engine: Engine, over: dict[str, Any]) -> None:
    customer_id = a_customer(engine, **over)
    before = last_event(engine, customer_id).id
    assert end(engine, customer_id, at(1)).ended == 0
    assert last_event(engine, customer_id).id == before


def test_a_plan_is_made_on_its_day_in_the_name_of_who_planned_it(engine: Engine) -> None:
    customer_id = a_customer(engine, billing_zone="America/New_York")
    plan_id = a_plan(engine, customer_id)
    assert system(engine, at(3)).fetch(DuePlans()) == []
    assert carry_out(engine, plan_id, at(3)).state == PlanState.PLANNED
    assert system(engine, at(4)).fetch(DuePlans()) == [plan_id]
    assert carry_out(engine, plan_id, at(4)).state == PlanState.DONE
    event = last_event(engine, customer_id)
    assert (event.move, event.login, event.reason) == ("provisionally_terminate", "maria", "moves abroad")
    customer = one(engine, Customer, customer_id)
    assert customer.terminate_on == DAY + timedelta(days=30), "the window counts from the day on which it was made"
    assert system(engine, at(5)).fetch(DuePlans()) == []


def test_a_plan_is_made_once(engine: Engine) -> None:
    customer_id = a_customer(engine)
    plan_id = a_plan(engine, customer_id)
    carry_out(engine, plan_id, at(1))
    first = last_event(engine, customer_id).id
    assert carry_out(engine, plan_id, at(2)).state == PlanState.DONE
    assert last_event(engine, customer_id).id == first


def test_a_plan_that_cannot_be_made_keeps_the_reason(engine: Engine) -> None:
    customer_id = a_customer(engine, bill_status=BillStatus.EXPORTED)
    plan_id = a_plan(engine, customer_id)
    assert carry_out(engine, plan_id, at(1)).state == PlanState.IMPOSSIBLE
    assert "is exported" in one(engine, PlannedMove, plan_id).why_impossible
    assert one(engine, Customer, customer_id).bill_status is BillStatus.EXPORTED


@pytest.mark.parametrize("state", [PlanState.CANCELLED, PlanState.IMPOSSIBLE])
def test_a_plan_that_no_longer_stands_is_not_made(engine: Engine, state: PlanState) -> None:
    customer_id = a_customer(engine)
    plan_id = a_plan(engine, customer_id, state=state)
    assert system(engine, at(1)).fetch(DuePlans()) == []
    assert carry_out(engine, plan_id, at(1)).state == state
    assert one(engine, Customer, customer_id).bill_status is BillStatus.OPEN


def test_what_is_due_comes_page_by_page_in_order(engine: Engine) -> None:
    zones = ("UTC", "Asia/Tokyo", "America/Lima")
    ids = [a_customer(engine, **PROVISIONAL, billing_zone=zone) for zone in zones]
    plans = [a_plan(engine, customer_id) for customer_id in ids]
    access = system(engine, at(23))
    for query, expected in ((DueTerminations, ids), (DuePlans, plans)):
        assert access.fetch(query(limit=2)) == expected[:2]
        assert access.fetch(query(after=expected[1], limit=2)) == expected[2:]


@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_no_person_does_what_happens_by_itself(engine: Engine, role: Role) -> None:
    customer_id = a_customer(engine, **PROVISIONAL)
    access = access_for(engine, role, at(1))
    for order in (EndLife(customer_id=customer_id, command_id="1"), CarryOutPlan(plan_id=1, command_id="2")):
        with pytest.raises(NotPermitted):
            access.execute(order)
    for query in (DueTerminations(), DuePlans()):
        with pytest.raises(NotPermitted):
            access.fetch(query)
