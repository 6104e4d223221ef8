"""Collection never jumps: after any interruption each action follows its own notices, stage by stage."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.statuses import BillStatus
from data_access.commands.billing.corrections import ReverseTransaction
from data_access.domain.collections.pacing import due, with_taken
from data_access.domain.lifecycle import MoveTerms
from data_access.domain.moves import OF_STEP
from data_access.models.collection import CollectionStep, Step
from data_access.models.outbox import Message
from data_access.queries.forecast.customer_forecast import WhatHappensNext
from data_access.store.access import new_command_id
from tests.data_access.test_collection import a_debtor, at, collect, mails, pay, row, system
from tests.data_access.test_dunning import ACTIVE, case
from tests.support.builders import a_class, a_customer, an_invoice
from tests.support.visits import visited_too_late

DAY = timedelta(days=1)
TERMS: tuple[dict[str, Any], ...] = (
    {"suspend_after": 6, "suspend_notices": [3]},
    {"suspend_after": 10, "suspend_notices": [7, 3, 1], "late_fee": Decimal(5)},
    {"limit_after": 3, "limit_notices": [2], "suspend_after": 10, "suspend_notices": [5], "resends": [1, 7]},
    {"limit_after": 1, "suspend_after": 14, "terminate_after": 30, "terminate_notices": [7, 2]},
    {"suspend_after": 3, "suspend_notices": [2], "terminate_after": 5, "terminate_notices": [4]},
    {"terminate_after": 30, "terminate_notices": [10], "reminders": [7, 3]},
    {"limit_after": 2, "suspend_after": 4, "terminate_after": 6},
    {"suspend_after": 5, "suspend_notices": [2], "hour": 7, "working_days_only": False},
)
WARNS = {"limit": Step.WARN_LIMIT, "suspend": Step.WARN_SUSPEND, "terminate": Step.WARN_TERMINATE}
STAGES = (Step.LIMIT, Step.SUSPEND, Step.TERMINATE)


def taken(engine: Engine, customer_id: int) -> list[CollectionStep]:
    with Session(engine) as session:
        mine = select(CollectionStep).where(CollectionStep.customer_id == customer_id).order_by(CollectionStep.id)
        return list(session.scalars(mine))


def mails_a_day(engine: Engine, customer_id: int) -> dict[date, int]:
    with Session(engine) as session:
        moments = session.scalars(select(Message.at).where(Message.customer_id == customer_id)).all()
    return {moment.date(): sum(one.date() == moment.date() for one in moments) for moment in moments}


def refuse_a_jump(engine: Engine, customer_id: int, terms: dict[str, Any]) -> None:
    steps = taken(engine, customer_id)
    first = {step: min((one.at.date() for one in steps if one.step is step), default=None) for step in STAGES}
    for stage in STAGES:
        done = first[stage]
        if done is None:
            continue
        given = {one.days: one.at.date() for one in steps if one.step is WARNS[stage.value]}
        assert set(given) == set(terms.get(f"{stage.value}_notices", []))
        assert all(day + days * DAY <= done for days, day in given.items())
        before = [first[one] for one in STAGES[: STAGES.index(stage)] if f"{one.value}_after" in terms]
        assert all(day is not None and day < done for day in before)


def run_daily(engine: Engine, customer_id: int, start: datetime, days: int) -> None:
    for day in range(days):
        now = start + day * DAY
        collect(engine, customer_id, now)
        assert collect(engine, customer_id, now + timedelta(hours=8)).steps in ("", "overdue")
        assert not visited_too_late(engine, now + timedelta(hours=9))


@pytest.mark.parametrize("terms", TERMS)
@pytest.mark.parametrize("pause", range(0, 64, 7))
def test_whatever_the_pause_no_stage_jumps(terms: dict[str, Any], pause: int) -> None:
    """The same without a database: whichever day the jobs come back, and however often they look on it."""
    cases, facts, moment = [case(**terms)], ACTIVE, datetime(2026, 6, 10, 8, tzinfo=UTC) + pause * DAY
    given: dict[tuple[Step, int], date] = {}
    told: list[date] = []
    for now in (moment + quarter * timedelta(hours=6) for quarter in range(60 * 4)):
        found = due(cases, facts, now)
        for one in found:
            given.setdefault((one.step, one.dated.days), now.date())
            cases = with_taken(cases, one, now)
            if one.step in STAGES:
                facts = OF_STEP[one.step].becomes(facts, MoveTerms(now, now.date(), "UTC", True, 30))
        told += [now.date() for one in found if one.is_told]
    days = {step: day for (step, _), day in given.items() if step in STAGES}
    for stage, done in days.items():
        notices = {key[1]: day for key, day in given.items() if key[0] is WARNS[stage.value]}
        assert set(notices) == set(terms.get(f"{stage.value}_notices", []))
        assert all(day + ahead * DAY <= done for ahead, day in notices.items())
        before = [one for one in STAGES[: STAGES.index(stage)] if f"{one.value}_after" in terms]
        assert all(days[one] < done for one in before)
    assert pause < 45 or len(told) == len(set(told))
    assert f"{list(days)[-1].value}_after" == [name for name in terms if name.endswith("_after")][-1]


@pytest.mark.parametrize("terms", TERMS[3:4])
def test_after_forty_five_days_without_jobs_nothing_comes_unwarned(engine: Engine, terms: dict[str, Any]) -> None:
    customer = a_debtor(engine, **terms)
    collect(engine, customer, at(1))
    run_daily(engine, customer, at(16, 7, hour=8), 40)
    refuse_a_jump(engine, customer, terms)
    assert max(mails_a_day(engine, customer).values()) == 1
    last = [stage for stage in STAGES if f"{stage.value}_after" in terms][-1]
    assert last in [one.step for one in taken(engine, customer)]


@pytest.mark.parametrize("terms", TERMS[2:3])
def test_an_old_invoice_that_arrives_late_is_warned_of_first(engine: Engine, terms: dict[str, Any]) -> None:
    customer = a_customer(engine, customer_class_id=a_class(engine, **terms), email="a@example.org")
    an_invoice(engine, customer, issued_on=date(2026, 3, 1), due_on=date(2026, 3, 15), at=at(20))
    run_daily(engine, customer, at(20, hour=8), 40)
    refuse_a_jump(engine, customer, terms)
    assert max(mails_a_day(engine, customer).values()) == 1


@pytest.mark.parametrize("terms", TERMS[4:5])
def test_a_payment_that_bounces_after_weeks_terminates_nobody_unwarned(engine: Engine, terms: dict[str, Any]) -> None:
    customer = a_debtor(engine, **terms)
    payment = pay(engine, customer, "100", at(10))
    order = ReverseTransaction(transaction_id=payment, reason="bounced", command_id=new_command_id())
    system(engine, at(25, 7, hour=8)).execute(order)
    run_daily(engine, customer, at(25, 7, hour=8), 40)
    refuse_a_jump(engine, customer, terms)


def test_a_notice_from_before_a_payment_that_bounced_counts_no_more(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=10, suspend_notices=[3])
    collect(engine, customer, at(23))
    payment = pay(engine, customer, "100", at(24))
    order = ReverseTransaction(transaction_id=payment, reason="bounced", command_id=new_command_id())
    system(engine, at(3, 8)).execute(order)
    run_daily(engine, customer, at(3, 8), 5)
    days = [(one.step, one.at.date()) for one in taken(engine, customer) if one.step is not Step.OVERDUE]
    assert days == [
        (Step.WARN_SUSPEND, date(2026, 6, 23)),
        (Step.WARN_SUSPEND, date(2026, 8, 3)),
        (Step.SUSPEND, date(2026, 8, 6)),
    ]


def test_a_part_that_bounces_stops_no_notice_of_what_was_open_all_along(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=10, suspend_notices=[3])
    payment = pay(engine, customer, "10", at(20))
    collect(engine, customer, at(23))
    order = ReverseTransaction(transaction_id=payment, reason="bounced", command_id=new_command_id())
    system(engine, at(24)).execute(order)
    assert collect(engine, customer, at(26)).bill_status == "suspended"


@pytest.mark.parametrize(("terms", "days"), [(TERMS[1], 0), (TERMS[2], 45), (TERMS[3], 45), (TERMS[4], 21)])
def test_what_is_foretold_after_a_pause_comes_true(engine: Engine, terms: dict[str, Any], days: int) -> None:
    customer = a_debtor(engine, **terms)
    now = at(1) + days * DAY
    told = [one.at for one in system(engine, now).fetch(WhatHappensNext(customer)) if one.number is not None]
    steps = []
    for moment in sorted({max(moment, now) for moment in told}):
        done = collect(engine, customer, moment).steps
        steps.extend(done.split(",") if done else [])
        assert done
    assert len(steps) == len(told)


def test_what_the_terms_put_on_one_day_is_all_told_on_it() -> None:
    one = case(suspend_after=1, resends=[1])
    assert [due_one.is_told for due_one in due([one], ACTIVE, datetime(2026, 6, 17, tzinfo=UTC))] == [True] * 3


def test_a_termination_presupposes_the_suspension_of_an_earlier_day() -> None:
    one = case((Step.OVERDUE, 0), suspend_after=3, terminate_after=5)
    late = datetime(2026, 7, 20, tzinfo=UTC)
    assert [each.step for each in due([one], ACTIVE, late)] == [Step.SUSPEND]
    suspended = replace(ACTIVE, bill_status=BillStatus.SUSPENDED, suspended_at=late)
    assert due([one], suspended, late) == []
    assert [each.step for each in due([one], suspended, late + DAY)] == [Step.TERMINATE]


def test_jobs_that_are_a_day_late_send_the_notice_and_say_the_later_day(engine: Engine) -> None:
    customer = a_debtor(engine, suspend_after=7, suspend_notices=[2], working_days_only=False)
    collect(engine, customer, at(17))
    collect(engine, customer, at(22))
    assert mails(engine, customer) == ["overdue", "suspension_ahead"]
    with Session(engine) as session:
        subject = session.scalars(select(Message.subject).order_by(Message.id.desc())).first()
    assert subject is not None
    assert "24 June 2026" in subject
    assert row(engine, customer).collect_at == at(24)
