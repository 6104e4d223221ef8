"""Kept forecasts: what is asked of all customers is what is foretold of each, whatever changed since they were kept."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.engine import Door
from data_access.base.permissions import SYSTEM, Role
from data_access.base.schedule import Job
from data_access.base.settings import settings
from data_access.base.statuses import BillStatus
from data_access.commands.billing.money import BookTransaction
from data_access.commands.collections.collection import Collect
from data_access.commands.customers.status import CancelPlan, ChangeStatus, MovePlan, PlanMove
from data_access.domain.lifecycle import STATUS_FACTS
from data_access.jobs import foreseeing
from data_access.jobs.runner import run_job
from data_access.migrations.foreseeing import STATUS, outdate_everyone
from data_access.models.collection import Holiday
from data_access.models.customers import Customer
from data_access.models.kept.foreseen import ForeseenStep, OutdatedForecast
from data_access.queries.audit.verify import VerifyChain
from data_access.queries.forecast import kept_steps
from data_access.queries.forecast.customer_forecast import WhatHappensNext
from data_access.queries.forecast.forecast_steps import OF_STATUS, Outlook
from data_access.queries.lists.customers import FindCustomers
from data_access.queries.planned import ahead as looking
from data_access.queries.planned.foreseen import (
    CountOutdated,
    ForecastsToKeep,
    OutdatedForecasts,
    WithSomethingAhead,
)
from data_access.queries.planned.planned import PlannedChanges
from data_access.store.access import Access, Reader, new_command_id
from data_access.store.job_leases import Holder
from tests.support.builders import a_class, a_customer, a_reseller, a_suspended_customer, an_invoice
from tests.support.by_hand import behind
from tests.support.people import access_for
from tests.support.rows import insert

NOW = datetime(2026, 6, 18, 9, tzinfo=UTC)
DAYS = 60
ZONES = ("UTC", "Europe/Berlin", "Pacific/Auckland", "America/Los_Angeles")
TERMS: tuple[dict[str, Any], ...] = (
    {"suspend_after": 3},
    {"suspend_after": 5, "suspend_notices": [3], "working_days_only": True},
    {"limit_after": 2, "suspend_after": 6, "terminate_after": 20, "reactivation_window_days": 15},
)


def a_debtor(engine: Engine, due_on: date, *, terms: dict[str, Any], **over: Any) -> int:
    of_class = a_class(engine, **{"working_days_only": False, **terms})
    customer = a_customer(engine, customer_class_id=of_class, **over)
    an_invoice(engine, customer, issued_on=due_on - timedelta(days=15), due_on=due_on)
    return customer


def at(moment: datetime, engine: Engine) -> Access:
    return Access(engine, SYSTEM, lambda: moment)


def by_hand(engine: Engine, statement: str) -> None:
    with engine.connect().execution_options(door=Door(is_open=True)) as connection, connection.begin():
        connection.exec_driver_sql(statement)


def keep(engine: Engine, now: datetime = NOW) -> None:
    run_job(engine, Job.FORESEE, lambda: now, Holder("here"))
    with Session(engine) as session:
        assert session.scalars(select(OutdatedForecast)).all() == []


def a_crowd(engine: Engine) -> None:
    """Debtors of many terms, late and not yet late; plans, ends and a lift, across a change of the clocks."""
    for place, zone in enumerate(ZONES):
        for day in (1, 12, 17, 25):
            a_debtor(engine, date(2026, 6, day), terms=TERMS[(place + day) % len(TERMS)], billing_zone=zone)
        a_customer(engine, bill_status=BillStatus.PROVISIONALLY_TERMINATED, provisionally_terminated_at=NOW,
                   terminate_on=date(2026, 7, 1 + place), billing_zone=zone)  # fmt: skip
    lifted = {"suspension_lifted_until": NOW + timedelta(days=3), "first_lifted_on": NOW.date()}
    a_suspended_customer(engine, **lifted)
    plan(engine, a_customer(engine), date(2026, 6, 25))


def plan(engine: Engine, customer_id: int, day: date) -> int:
    order = PlanMove(
        customer_id=customer_id, move="provisionally_terminate", due_on=day, reason="moves",
        command_id=new_command_id(),
    )  # fmt: skip
    return at(NOW, engine).execute(order).plan_id


def told_of_each(engine: Engine, now: datetime) -> list[tuple[Any, ...]]:
    """What the page of each customer foretells in these days."""
    with Session(engine) as session:
        rows = session.execute(select(Customer.id, Customer.billing_zone)).all()
    span, access = looking.Span(now, DAYS), at(now, engine)
    return sorted(
        (step.at, row.id, step.kind.value, step.on, step.says, step.number or "", step.plan_id or 0)
        for row in rows
        for step in access.fetch(WhatHappensNext(row.id))
        if step.kind in OF_STATUS and step.on <= span.last_day(row.billing_zone)
    )


def told_of_all(engine: Engine, now: datetime) -> list[tuple[Any, ...]]:
    found = at(now, engine).fetch(PlannedChanges(DAYS, OF_STATUS, limit=1000))
    assert found.whole_until is None
    return sorted(
        (one.told.at, one.customer_id, one.told.kind.value, one.told.on, one.told.says, one.told.number or "",
         one.told.plan_id or 0)
        for one in found.rows
    )  # fmt: skip


def kept_of(engine: Engine) -> set[int]:
    """Whose kept steps hold."""
    with Session(engine) as session:
        noted = set(session.scalars(select(OutdatedForecast.customer_id)))
        return set() if None in noted else set(session.scalars(select(ForeseenStep.customer_id))) - noted


def pays(engine: Engine, customer_id: int) -> None:
    order = BookTransaction(
        customer_id=customer_id, kind=Kind.MANUAL_PAYMENT, amount=Decimal(1000), reason="", command_id=new_command_id()
    )
    access_for(engine, Role.MANAGER, NOW).execute(order)


def is_blocked(engine: Engine, customer_id: int) -> None:
    order = ChangeStatus(customer_id=customer_id, move="block", reason="asked", command_id=new_command_id())
    access_for(engine, Role.MANAGER, NOW).execute(order)


def is_planned(engine: Engine, customer_id: int) -> None:
    plan(engine, customer_id, date(2026, 6, 30))


def is_left_alone(engine: Engine, customer_id: int) -> None:
    by_hand(engine, f"UPDATE invoices SET collection_status = 'do_not_collect' WHERE customer_id = {customer_id}")


OWN: tuple[Callable[[Engine, int], None], ...] = (pays, is_blocked, is_planned, is_left_alone)


@pytest.mark.parametrize("hours", [0, 5, 71, 24 * 12])
def test_what_is_kept_is_what_is_foretold_and_it_holds_until_something_happens(engine: Engine, hours: int) -> None:
    a_crowd(engine)
    keep(engine)
    assert len(kept_of(engine)) > 15
    now = NOW + timedelta(hours=hours)
    assert told_of_all(engine, now) == told_of_each(engine, now)
    assert at(now, engine).fetch(VerifyChain()).holds


@pytest.mark.parametrize("changes", OWN, ids=lambda one: one.__name__)
def test_a_change_outdates_the_forecast_of_its_customer_alone(
    engine: Engine, changes: Callable[[Engine, int], None]
) -> None:
    one, other = (a_debtor(engine, date(2026, 6, 25), terms=TERMS[0]) for _ in range(2))
    keep(engine)
    assert kept_of(engine) == {one, other}
    changes(engine, one)
    assert kept_of(engine) == {other}
    assert told_of_all(engine, NOW) == told_of_each(engine, NOW)
    keep(engine)
    assert told_of_all(engine, NOW) == told_of_each(engine, NOW)
    assert at(NOW, engine).fetch(VerifyChain()).holds


def test_a_plan_that_is_moved_and_cancelled_is_followed(engine: Engine) -> None:
    plan_id = plan(engine, a_customer(engine), date(2026, 6, 25))
    keep(engine)
    for order in (
        MovePlan(plan_id=plan_id, due_on=date(2026, 6, 28), reason="later", command_id=new_command_id()),
        CancelPlan(plan_id=plan_id, reason="stays", command_id=new_command_id()),
    ):
        at(NOW, engine).execute(order)
        assert kept_of(engine) == set()
        assert told_of_all(engine, NOW) == told_of_each(engine, NOW)
        keep(engine)
        assert told_of_all(engine, NOW) == told_of_each(engine, NOW)


@pytest.mark.parametrize("after", [timedelta(days=6), timedelta(days=11)])
def test_what_collection_did_is_followed(engine: Engine, after: timedelta) -> None:
    debtor = a_debtor(engine, date(2026, 6, 17), terms=TERMS[1])
    keep(engine)
    now = NOW + after
    access = at(now, engine)
    assert told_of_all(engine, now) == told_of_each(engine, now)  # nobody came when it was due
    access.execute(Collect(customer_id=debtor, command_id=new_command_id()))
    assert told_of_all(engine, now) == told_of_each(engine, now)
    keep(engine, now)
    assert told_of_all(engine, now) == told_of_each(engine, now)
    assert access.fetch(VerifyChain()).holds
    with Session(engine) as session:
        assert all(until > now for until in session.scalars(select(ForeseenStep.holds_until)))


def _holiday_comes(engine: Engine) -> None:
    insert(engine, Holiday, {"day": date(2026, 6, 23), "name": "Fair"})


def _class_changes(engine: Engine) -> None:
    by_hand(engine, "UPDATE customer_classes SET reactivation_window_days = reactivation_window_days + 9")


def _is_upgraded(engine: Engine) -> None:
    by_hand(engine, "DELETE FROM foreseen_steps")
    with engine.connect().execution_options(door=Door(is_open=True)) as connection, connection.begin():
        outdate_everyone(connection)


@pytest.mark.parametrize("changes", [_holiday_comes, _class_changes, _is_upgraded], ids=lambda one: one.__name__)
def test_what_concerns_everyone_outdates_all_forecasts(
    engine: Engine, changes: Callable[[Engine], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("data_access.queries.planned.foreseen.EVERYONE", 3)
    monkeypatch.setattr(foreseeing, "EVERYONE", 3)
    a_crowd(engine)
    keep(engine)
    changes(engine)
    assert kept_of(engine) == set()
    assert told_of_all(engine, NOW) == told_of_each(engine, NOW)
    keep(engine)
    assert len(kept_of(engine)) > 15
    assert told_of_all(engine, NOW) == told_of_each(engine, NOW)
    assert at(NOW, engine).fetch(VerifyChain()).holds


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE foreseen_steps SET day = '2026-07-30' WHERE kind = 'suspension'",
        "UPDATE foreseen_steps SET kind = 'limitation'",
        "DELETE FROM foreseen_steps WHERE kind = 'suspension'",
        "UPDATE customers SET terminate_on = '2026-07-30'",
    ],
)
def test_the_verification_tells_what_was_done_by_hand(engine: Engine, change: str) -> None:
    a_debtor(engine, date(2026, 6, 25), terms=TERMS[0])
    keep(engine)
    assert at(NOW, engine).fetch(VerifyChain()).holds
    behind(engine, change)
    (said,) = at(NOW, engine).fetch(VerifyChain()).breaches
    assert said == "What is ahead of customers is not what is kept of it: 1 forecasts are wrong."


def test_each_reseller_has_its_own(engine: Engine) -> None:
    own, other = a_reseller(engine), a_reseller(engine)
    mine, theirs = (a_debtor(engine, date(2026, 6, 25), terms=TERMS[0], reseller_id=one) for one in (own, other))
    keep(engine)
    for reseller_id, customer_id in ((own, mine), (other, theirs)):
        for access in (access_for(engine, Role.MANAGER, NOW, reseller_id=reseller_id), at(NOW, engine)):
            found = access.fetch(PlannedChanges(DAYS, reseller_id=reseller_id))
            assert [row.customer_id for row in found.rows] == [customer_id]


def test_many_that_are_outdated_are_told_as_far_as_they_are_looked_at(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "_SPARE", 0)
    debtors = [a_debtor(engine, date(2026, 6, 12 + day), terms=TERMS[0]) for day in range(6)]
    found = at(NOW, engine).fetch(PlannedChanges(DAYS, OF_STATUS, limit=3))
    assert [row.customer_id for row in found.rows] == debtors[:3]
    assert found.whole_until is not None
    keep(engine)
    assert [row.customer_id for row in at(NOW, engine).fetch(PlannedChanges(DAYS, OF_STATUS, limit=6)).rows] == debtors


def test_whatever_is_noted_is_looked_for_in_order(engine: Engine) -> None:
    debtors = tuple(a_debtor(engine, date(2026, 6, 25), terms=TERMS[0]) for _ in range(3))
    a_customer(engine)
    access = at(NOW, engine)
    noted = access.fetch(OutdatedForecasts())
    assert {customer_id for _, customer_id, _ in noted} == set(debtors)
    assert access.fetch(OutdatedForecasts(noted[0][0], 1)) == access.fetch(
        OutdatedForecasts(up_to=noted[1][0], limit=1)
    )
    assert access.fetch(CountOutdated(2)) == 2
    assert access.fetch(WithSomethingAhead(debtors[0])) == debtors[1:]
    (row,) = access.fetch(ForecastsToKeep(debtors[:1]))
    assert (row["kind"], row["day"], row["place"]) == ("suspension", date(2026, 6, 28), 0)


def test_a_list_reads_the_kept_next_step_while_it_holds_and_plays_it_forward_where_it_does_not(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_crowd(engine)
    whole = FindCustomers(size=200)
    forward = played_forward(monkeypatch)
    late = [row.id for row in at(NOW, engine).fetch(whole).rows if row.overdue_amount]
    assert sorted(forward) == sorted(late)
    for customer in late:  # what is due of collection is done
        at(NOW, engine).execute(Collect(customer_id=customer, command_id=new_command_id()))
    as_played = at(NOW, engine).fetch(whole).rows
    assert any(row.next_step for row in as_played if row.overdue_amount)
    keep(engine)
    forward.clear()
    assert (at(NOW, engine).fetch(whole).rows, forward) == (as_played, [])
    an_invoice(engine, late[0], issued_on=NOW.date(), due_on=date(2026, 6, 25))
    at(NOW, engine).fetch(whole)
    assert forward == late[:1]
    forward.clear()
    later = at(NOW + timedelta(days=4), engine).fetch(whole).rows
    assert forward  # what should have happened by then has not
    by_hand(engine, "INSERT INTO outdated_forecasts (customer_id) VALUES (NULL)")
    assert at(NOW + timedelta(days=4), engine).fetch(whole).rows == later


def played_forward(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The late customers of a list that are played forward from now on."""
    ids, before = list[int](), kept_steps.situations

    def noted(reader: Reader, customer_ids: Sequence[int]) -> list[tuple[Any, Outlook]]:
        ids.extend(customer_ids)
        return before(reader, customer_ids)

    monkeypatch.setattr(kept_steps, "situations", noted)
    return ids


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SMTP_HOST", "mail.example.org")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.mark.usefixtures("mail_server")
def test_a_notice_that_is_still_to_be_sent_keeps_its_customer_outdated(engine: Engine) -> None:
    """Until then its day moves on with the clock, and with it what it is about."""
    now = NOW + timedelta(days=1)
    debtor = a_debtor(engine, date(2026, 6, 16), terms=TERMS[1], email="a@example.org")
    access = at(now, engine)
    access.execute(Collect(customer_id=debtor, command_id=new_command_id()))
    assert access.fetch(CountOutdated(1)) == 0
    run_job(engine, Job.FORESEE, lambda: now, Holder("here"))
    assert kept_of(engine) == set()
    for later in (now, now + timedelta(days=1)):
        assert told_of_all(engine, later) == told_of_each(engine, later)
    by_hand(engine, "UPDATE messages SET state = 'sent', sent_at = '2026-06-19 10:00:00.000000'")
    keep(engine, now)
    assert kept_of(engine) == {debtor}
    assert told_of_all(engine, now) == told_of_each(engine, now)


def test_the_worker_does_not_wait_once_many_are_outdated(engine: Engine) -> None:
    asked = foreseeing.FORESEEING.is_asked_for
    assert asked is not None
    a_debtor(engine, date(2026, 6, 25), terms=TERMS[0])
    assert not asked(at(NOW, engine))
    for _ in range(20):
        plan(engine, a_customer(engine), date(2026, 6, 25))
    assert asked(at(NOW, engine))


def test_every_fact_of_status_is_watched() -> None:
    assert set(STATUS) == set(STATUS_FACTS)
