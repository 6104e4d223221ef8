"""Planned changes: what is ahead of all customers, dated, soonest first, seen by whoever may see the customer."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.clock import day_in, start_of
from data_access.base.errors import NotPermitted
from data_access.base.permissions import SYSTEM, Role
from data_access.base.statuses import BillStatus
from data_access.commands.billing.invoices import IssueMidterm, RequestMidterm
from data_access.commands.billing.money import BookTransaction
from data_access.commands.collections.collection import Collect
from data_access.commands.collections.promises import MakePromise
from data_access.commands.customers.exports import ExportPlanned
from data_access.commands.customers.status import CancelPlan, ChangeStatus, PlanMove
from data_access.queries.customers.customer import CustomerHead
from data_access.queries.forecast.customer_forecast import WhatHappensNext
from data_access.queries.forecast.forecast_steps import Foreseen
from data_access.queries.planned.ahead import Span
from data_access.queries.planned.planned import CHANGES, Ahead, PeriodsClosing, PlannedChanges, PlannedToExport
from data_access.queries.planned.planned_moves import PlanAhead, PlanToChange
from data_access.store.access import Access, new_command_id
from tests.data_access.test_list_plans import statements_on
from tests.support.builders import a_class, a_customer, a_reseller, an_invoice
from tests.support.people import access_for

NOW = datetime(2026, 6, 18, 9, tzinfo=UTC)


def a_debtor(engine: Engine, due_on: date = date(2026, 6, 16), **over: Any) -> int:
    terms = {"suspend_after": 3, "working_days_only": False, **over.pop("terms", {})}
    customer = a_customer(engine, customer_class_id=a_class(engine, **terms), **over)
    an_invoice(engine, customer, issued_on=due_on - timedelta(days=15), due_on=due_on)
    return customer


def system(engine: Engine) -> Access:
    return Access(engine, SYSTEM, lambda: NOW)


def ahead(engine: Engine, **over: Any) -> Ahead:
    return system(engine).fetch(PlannedChanges(**over))


def kinds(found: Ahead) -> list[tuple[int, Foreseen]]:
    return [(row.customer_id, row.told.kind) for row in found.rows]


def test_all_that_changes_within_the_days_stands_in_order(engine: Engine) -> None:
    late = a_debtor(engine, date(2026, 6, 18))
    soon = a_debtor(engine)
    far = a_debtor(engine, date(2026, 6, 23))
    found = ahead(engine)
    assert [(row.customer_id, row.told.on) for row in found.rows] == [
        (soon, date(2026, 6, 19)),
        (late, date(2026, 6, 21)),
    ]
    assert not found.more
    assert far in [row.customer_id for row in ahead(engine, days=14).rows]


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Pacific/Honolulu", "Europe/Berlin", "UTC"])
@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 6, 18, 23, 30, tzinfo=UTC),  # tomorrow in Auckland, yesterday in Honolulu soon after
        datetime(2026, 6, 19, 9, 59, 59, tzinfo=UTC),  # a second before midnight in Honolulu
        datetime(2026, 6, 19, 12, 0, tzinfo=UTC),  # midnight in Auckland
        datetime(2026, 10, 23, 22, 30, tzinfo=UTC),  # in Berlin the week to come has 169 hours
        datetime(2026, 3, 26, 23, 30, tzinfo=UTC),  # and here 167
    ],
)
def test_the_days_ahead_are_the_customers_own(engine: Engine, zone: str, moment: datetime) -> None:
    access = Access(engine, SYSTEM, lambda: moment)
    today, of_class = day_in(zone, moment), a_class(engine)
    planned = {}
    for count in (1, 7, 8):
        on = today + timedelta(days=count)
        period = {"period_from": today, "period_to": on - timedelta(days=1), "closes_at": start_of(on, zone)}
        someone = a_customer(engine, customer_class_id=of_class, billing_zone=zone, **period)
        planned[count] = someone
        access.execute(
            PlanMove(
                customer_id=someone, move="provisionally_terminate", due_on=on, reason="moves",
                command_id=new_command_id(),
            )
        )  # fmt: skip
    found = access.fetch(PlannedChanges(days=7)).rows
    assert [(row.customer_id, row.told.on) for row in found] == [
        (planned[count], today + timedelta(days=count)) for count in (1, 7)
    ]
    closing = access.fetch(PlannedChanges(days=7, kinds=frozenset({Foreseen.PERIOD}))).rows
    assert len(closing) == access.fetch(PeriodsClosing(days=7)) == 2


def test_everything_that_is_planned_or_comes_by_itself_is_found(engine: Engine) -> None:
    lifted = a_debtor(engine, date(2026, 6, 10))
    system(engine).execute(Collect(customer_id=lifted, command_id=new_command_id()))
    change(engine, lifted, move="lift_suspension", day=date(2026, 6, 20))
    leaving = a_customer(engine)
    change(engine, leaving, move="provisionally_terminate", midterm_invoice=True)
    planned = a_customer(engine)
    plan = PlanMove(
        customer_id=planned, move="provisionally_terminate", due_on=date(2026, 6, 21), reason="moves",
        command_id=new_command_id(),
    )  # fmt: skip
    system(engine).execute(plan)
    limited = a_customer(engine, temporary_limit=Decimal(5), temporary_limit_until=NOW + timedelta(days=1))
    promising = a_customer(engine)
    promise = MakePromise(
        customer_id=promising, amount=Decimal(5), due_on=date(2026, 6, 22), command_id=new_command_id()
    )
    system(engine).execute(promise)
    assert kinds(ahead(engine, days=31)) == [
        (leaving, Foreseen.INVOICE),
        (limited, Foreseen.LIMIT_END),
        (lifted, Foreseen.LIFT_END),
        (planned, Foreseen.PLAN),
        (promising, Foreseen.PROMISE),
        (leaving, Foreseen.END),
    ]


@pytest.mark.parametrize("move", ["permanently_terminate", "mark_exported"])
def test_whoever_is_gone_is_not_listed_for_a_midterm_invoice(engine: Engine, move: str) -> None:
    """One that is permanently terminated gets it all the same, but is found by Advanced search alone (ruling 67)."""
    gone = a_customer(engine, customer_code="C-9")
    system(engine).execute(RequestMidterm(customer_id=gone, command_id=new_command_id()))
    invoices = frozenset({Foreseen.INVOICE})
    assert kinds(ahead(engine, kinds=invoices)) == [(gone, Foreseen.INVOICE)]
    day = NOW.date() if move == "permanently_terminate" else None
    change(engine, gone, move=move, day=day, confirm_customer_code="C-9")
    assert kinds(ahead(engine, kinds=invoices)) == []


def change(engine: Engine, customer_id: int, **over: Any) -> None:
    order = ChangeStatus(customer_id=customer_id, reason="asked", command_id=new_command_id(), **over)
    system(engine).execute(order)


def test_notices_and_periods_are_found_when_they_are_asked_for(engine: Engine) -> None:
    debtor = a_debtor(engine, date(2026, 6, 20), terms={"reminders": [1]})
    billed = a_customer(
        engine, period_from=date(2026, 6, 1), period_to=date(2026, 6, 19), closes_at=NOW + timedelta(days=2)
    )
    asked = frozenset({Foreseen.NOTICE, Foreseen.PERIOD, Foreseen.OVERDUE})
    assert kinds(ahead(engine, kinds=asked)) == [
        (debtor, Foreseen.NOTICE),
        (billed, Foreseen.PERIOD),
        (debtor, Foreseen.OVERDUE),
    ]


def test_nothing_is_ahead_of_whoever_is_gone(engine: Engine) -> None:
    a_customer(engine, bill_status=BillStatus.PERMANENTLY_TERMINATED, closes_at=NOW + timedelta(days=1))
    a_debtor(engine, bill_status=BillStatus.EXPORTED)
    assert ahead(engine, kinds=frozenset(Foreseen)).rows == ()


def test_the_list_ends_at_its_limit_and_says_that_there_is_more(engine: Engine) -> None:
    first, _second = a_debtor(engine), a_debtor(engine)
    found = ahead(engine, limit=1)
    assert ([row.customer_id for row in found.rows], found.more) == ([first], True)


def test_the_list_says_what_the_page_of_the_customer_says(engine: Engine) -> None:
    customer = a_debtor(engine, customer_code="C-7", company_name="Fern")
    told = system(engine).fetch(WhatHappensNext(customer))
    row = ahead(engine, kinds=frozenset(Foreseen)).rows[0]
    assert (row.told, row.customer_code, row.name, row.currency) == (told[0], "C-7", "Fern", "EUR")


def test_a_reseller_sees_its_own_customers_only_and_an_analyst_no_names(engine: Engine) -> None:
    own = a_reseller(engine)
    a_debtor(engine, company_name="Fern")
    mine = a_debtor(engine, reseller_id=own, company_name="Moss")
    found = access_for(engine, Role.MANAGER, NOW, reseller_id=own).fetch(PlannedChanges())
    assert [row.customer_id for row in found.rows] == [mine]
    masked = access_for(engine, Role.ANALYST, NOW).fetch(PlannedChanges())
    assert not {"Fern", "Moss"} & {row.name for row in masked.rows}


def test_a_change_that_is_planned_can_be_named(engine: Engine) -> None:
    plan = PlanMove(
        customer_id=a_customer(engine), move="provisionally_terminate", due_on=date(2026, 6, 21), reason="moves",
        command_id=new_command_id(),
    )  # fmt: skip
    made = system(engine).execute(plan)
    assert [row.told.plan_id for row in ahead(engine).rows] == [made.plan_id]


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Auckland", "America/Los_Angeles"])
@pytest.mark.parametrize(
    ("terms", "kind"),
    [
        ({"suspend_after": None, "limit_after": 2}, Foreseen.LIMITATION),
        ({"suspend_after": 0}, Foreseen.SUSPENSION),
        ({"suspend_after": 3, "terminate_after": 9}, Foreseen.TERMINATION),
        ({"suspend_after": 3, "working_days_only": True}, Foreseen.SUSPENSION),
    ],
)
def test_what_a_customers_page_foretells_is_found_by_its_kind(
    engine: Engine, zone: str, terms: dict[str, Any], kind: Foreseen
) -> None:
    for day in (8, 13, 16, 20):
        a_debtor(engine, date(2026, 6, day), terms=terms, billing_zone=zone)
    until = NOW + timedelta(days=6)
    told = [one for key in range(1, 5) for one in system(engine).fetch(WhatHappensNext(key)) if one.kind is kind]
    expected = sorted(one.at for one in told if one.at <= until)
    assert [row.told.at for row in ahead(engine, kinds=frozenset({kind}), days=6).rows] == expected
    assert expected


@pytest.mark.parametrize("asked", [frozenset(Foreseen), CHANGES])
def test_a_short_list_holds_the_same_as_a_long_one(engine: Engine, asked: frozenset[Foreseen]) -> None:
    for day in range(8, 24):
        a_debtor(engine, date(2026, 6, day))
    long = ahead(engine, days=30, kinds=asked).rows
    for row in long[::3]:
        a_customer(engine, temporary_limit=Decimal(5), temporary_limit_until=row.told.at)
    long = ahead(engine, days=30, kinds=asked).rows
    assert Foreseen.LIMIT_END in {row.told.kind for row in long}
    for limit in range(1, len(long)):
        short = ahead(engine, days=30, kinds=asked, limit=limit)
        assert (short.rows, short.whole_until) == (long[:limit], long[limit].told.at)


def test_what_else_is_ahead_is_read_no_further_than_what_is_listed(sqlite_engine: Engine) -> None:
    for day in (16, 18):
        a_debtor(sqlite_engine, date(2026, 6, day))
    with statements_on(sqlite_engine) as sent:
        ahead(sqlite_engine, limit=1)
    beside = next(values for words, values in sent if "invoice_requests" in words and "promises" in words)
    assert "2026-06-21 00:00:00.000000" in beside
    assert not any(str(value) > "2026-06-21 00:00:00.000000" for value in beside if str(value).startswith("2026"))


@given(st.sampled_from(sorted(available_timezones())), st.timedeltas(timedelta(), timedelta(days=365)))
def test_the_days_ahead_end_between_two_instants_wherever_one_is(zone: str, later: timedelta) -> None:
    for days in (0, 1, 14):
        span = Span(NOW + later, days)
        assert span.surely < span.ends(zone) <= span.until


def test_many_on_one_day_do_not_hide_each_other(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_access.queries.planned.ahead._SPARE", 0)
    for _ in range(4):
        a_debtor(engine, date(2026, 6, 18))
    found = ahead(engine, limit=2)
    assert [row.told.on for row in found.rows] == [date(2026, 6, 21)] * 2
    assert found.whole_until is not None
    assert found.whole_until <= found.rows[0].told.at
    assert ahead(engine, limit=5).whole_until is None


def test_the_end_that_follows_a_termination_for_debt_is_found_by_its_kind(engine: Engine) -> None:
    debtor = a_debtor(engine, terms={"terminate_after": 9, "reactivation_window_days": 20})
    found = ahead(engine, days=90, kinds=frozenset({Foreseen.END}))
    assert kinds(found) == [(debtor, Foreseen.END)]


def test_the_periods_that_close_are_counted(engine: Engine) -> None:
    period: dict[str, Any] = {"period_from": date(2026, 6, 1), "period_to": date(2026, 6, 19)}
    for days in (1, 2, 9):
        a_customer(engine, closes_at=NOW + timedelta(days=days), **period)
    a_customer(engine, closes_at=NOW, bill_status=BillStatus.EXPORTED, **period)
    own = a_reseller(engine)
    a_customer(engine, closes_at=NOW, reseller_id=own, **period)
    assert system(engine).fetch(PeriodsClosing(days=7)) == 3
    assert system(engine).fetch(PeriodsClosing(days=7, reseller_id=own)) == 1


def test_no_more_closing_periods_are_counted_than_are_told(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data_access.queries.planned.planned.MORE", 2)
    monkeypatch.setattr("data_access.queries.planned.planned._LOOKED_AT", 4)
    period: dict[str, Any] = {"period_from": date(2026, 6, 1), "period_to": date(2026, 6, 19)}
    tonight, later = start_of(day_in("Asia/Tokyo", NOW) + timedelta(days=1), "Asia/Tokyo"), NOW + timedelta(hours=11)
    for _ in range(4):
        a_customer(engine, closes_at=tonight, billing_zone="Asia/Tokyo", **period)  # no more of this day there
    counted = [system(engine).fetch(PeriodsClosing(days=0))]
    for _ in range(3):
        a_customer(engine, closes_at=later, billing_zone="America/Los_Angeles", **period)
        counted.append(system(engine).fetch(PeriodsClosing(days=0)))
    assert counted == [0, 1, 2, 2]
    for _ in range(2):
        a_customer(engine, closes_at=NOW - timedelta(hours=3), **period)  # inside wherever one is
    with statements_on(engine) as sent:
        assert system(engine).fetch(PeriodsClosing(days=0)) == 2
    assert len([words for words, _ in sent if "closes_at" in words]) == 1


def test_the_changes_of_one_reseller_are_asked_for_and_nobody_sees_more_by_asking(engine: Engine) -> None:
    own, other = a_reseller(engine), a_reseller(engine)
    a_debtor(engine)
    mine, theirs = a_debtor(engine, reseller_id=own), a_debtor(engine, reseller_id=other)
    a_customer(engine, reseller_id=own, temporary_limit=Decimal(5), temporary_limit_until=NOW + timedelta(days=9))
    assert [row.customer_id for row in ahead(engine, reseller_id=own).rows] == [mine]
    assert len(ahead(engine, reseller_id=own, days=14).rows) == 2
    manager = access_for(engine, Role.MANAGER, NOW, reseller_id=other)
    assert [row.customer_id for row in manager.fetch(PlannedChanges(reseller_id=own)).rows] == [theirs]


def test_a_plan_is_found_by_itself_until_it_is_over_by_whoever_may_change_it(engine: Engine) -> None:
    own = a_reseller(engine)
    customer = a_customer(engine, customer_code="C-9", company_name="Fern", billing_zone="Pacific/Auckland")
    plan = PlanMove(
        customer_id=customer, move="provisionally_terminate", due_on=date(2027, 5, 1), reason="moves",
        command_id=new_command_id(),
    )  # fmt: skip
    plan_id = system(engine).execute(plan).plan_id
    manager = access_for(engine, Role.MANAGER, NOW)
    assert manager.fetch(PlanToChange(plan_id)) == PlanAhead(
        plan_id, "C-9", "Fern", "Provisionally terminate, as planned by system.", date(2027, 5, 1), date(2026, 6, 18)
    )
    assert access_for(engine, Role.MANAGER, NOW, reseller_id=own).fetch(PlanToChange(plan_id)) is None
    with pytest.raises(NotPermitted):
        access_for(engine, Role.SUPPORT, NOW).fetch(PlanToChange(plan_id))
    manager.execute(CancelPlan(plan_id=plan_id, reason="stays", command_id=new_command_id()))
    assert manager.fetch(PlanToChange(plan_id)) is None


def test_what_is_exported_is_what_is_ahead_and_it_is_noted(engine: Engine) -> None:
    debtor = a_debtor(engine, company_name="Fern")
    support = access_for(engine, Role.SUPPORT, NOW)
    (row,) = support.fetch(PlannedToExport(days=14))
    assert (row.customer_id, row.name, row.told.kind) == (debtor, "F•••••", Foreseen.SUSPENSION)
    assert support.fetch(PlannedToExport(days=14, day=date(2026, 6, 30))) == ()
    order = ExportPlanned(changes=1, filter="the next 14 days", format="CSV", command_id=new_command_id())
    assert support.execute(order).changes == 1


@pytest.mark.parametrize("move", ["", "mark_exported", "provisionally_terminate", "permanently_terminate"])
def test_the_page_foretells_a_requested_invoice_exactly_where_it_will_be_issued(engine: Engine, move: str) -> None:
    customer, access = a_customer(engine), system(engine)
    charge = BookTransaction(
        customer_id=customer, kind=Kind.MANUAL_CHARGE, amount=Decimal(25), service="Calls",
        command_id=new_command_id(),
    )  # fmt: skip
    access.execute(charge)
    asked = access.execute(RequestMidterm(customer_id=customer, command_id=new_command_id()))
    if move:
        code = access.fetch(CustomerHead(customer)).customer_code
        day = NOW.date() if move == "permanently_terminate" else None
        change = ChangeStatus(
            customer_id=customer,
            move=move,
            day=day,
            reason="E1",
            confirm_customer_code=code,
            command_id=new_command_id(),
        )
        access.execute(change)
    on_its_page = [step.kind for step in access.fetch(WhatHappensNext(customer))]
    issued = access.execute(IssueMidterm(request_id=asked.request_id, command_id=new_command_id()))
    assert (Foreseen.INVOICE in on_its_page) is bool(issued.invoice_id)
