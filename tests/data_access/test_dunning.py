"""The dates of collection: every step on its day, in the customer's zone, and what is done after a pause."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from data_access.base.clock import overdue_from
from data_access.base.statuses import BillStatus
from data_access.domain.collections.calendars import is_working, working_day_from
from data_access.domain.collections.dunning import (
    Dated,
    DunnedInvoice,
    InvoiceCase,
    StepCalendar,
    case_of,
    due_day,
    steps_of,
)
from data_access.domain.collections.pacing import due
from data_access.domain.collections.policy import Policy
from data_access.domain.collections.visiting import lift_ends, next_visit
from data_access.domain.lifecycle import StatusFacts
from data_access.models.collection import Step

DUE = date(2026, 6, 16)  # a Tuesday
HERE = StepCalendar("UTC")
ACTIVE = StatusFacts()
SUSPENDED = StatusFacts(bill_status=BillStatus.SUSPENDED)


def bill(policy: Policy, *, due_on: date = DUE, zone: str = "UTC") -> DunnedInvoice:
    issued_on = due_on - timedelta(days=15)
    return DunnedInvoice(7, "INV-7", issued_on, due_on, overdue_from(due_on, zone), Decimal(100), policy)


def case(*taken: tuple[Step, int], place: StepCalendar = HERE, **terms: Any) -> InvoiceCase:
    """The steps taken were taken on the days of the terms."""
    whole = case_of(bill(Policy(**terms), zone=place.zone), place)
    days = {(one.step, one.days): one.day for one in whole.steps}
    return replace(whole, taken={key: days[key] for key in taken})


def days_of(step: Step, **terms: Any) -> list[date]:
    return [dated.day for dated in steps_of(bill(Policy(**terms)), StepCalendar("UTC")) if dated.step is step]


def at(day: int, month: int = 6, hour: int = 0) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def names(cases: list[InvoiceCase], facts: StatusFacts, now: datetime) -> list[tuple[Step, int]]:
    return [(one.step, one.dated.days) for one in due(cases, facts, now)]


WHOLE: dict[str, Any] = {
    "reminders": [7, 3], "resends": [0, 7], "limit_after": 6, "limit_notices": [2], "suspend_after": 10,
    "suspend_notices": [3, 1], "terminate_after": 30, "terminate_notices": [5],
}  # fmt: skip


def test_the_whole_timeline_stands_in_order() -> None:
    told = [(dated.step, dated.days, dated.day) for dated in case(**WHOLE).steps]
    assert told == [
        (Step.REMIND, 7, date(2026, 6, 9)),
        (Step.REMIND, 3, date(2026, 6, 13)),
        (Step.RESEND, 0, DUE),
        (Step.OVERDUE, 0, date(2026, 6, 17)),
        (Step.WARN_LIMIT, 2, date(2026, 6, 20)),
        (Step.LIMIT, 6, date(2026, 6, 22)),
        (Step.RESEND, 7, date(2026, 6, 23)),
        (Step.WARN_SUSPEND, 3, date(2026, 6, 23)),
        (Step.WARN_SUSPEND, 1, date(2026, 6, 25)),
        (Step.SUSPEND, 10, date(2026, 6, 26)),
        (Step.WARN_TERMINATE, 5, date(2026, 7, 11)),
        (Step.TERMINATE, 30, date(2026, 7, 16)),
    ]


def test_an_invoice_is_late_when_the_due_day_has_ended_where_the_customer_is_billed() -> None:
    late = next(one for one in case(place=StepCalendar("America/New_York")).steps if one.step is Step.OVERDUE)
    assert late.at == datetime(2026, 6, 17, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "waits", "day"),
    [
        (3, True, date(2026, 6, 19)),  # a Friday
        (4, True, date(2026, 6, 22)),  # Saturday waits for Monday
        (5, True, date(2026, 6, 22)),
        (4, False, date(2026, 6, 20)),
        (0, True, date(2026, 6, 17)),  # never before it is late
        (1, True, date(2026, 6, 17)),
    ],
)
def test_limiting_and_suspending_wait_for_a_working_day(after: int, waits: bool, day: date) -> None:
    for step, terms in ((Step.LIMIT, {"limit_after": after}), (Step.SUSPEND, {"suspend_after": after})):
        assert days_of(step, working_days_only=waits, **terms) == [day]


def test_terminating_waits_for_no_working_day() -> None:
    assert days_of(Step.TERMINATE, terminate_after=4) == [date(2026, 6, 20)]


def test_a_holiday_is_not_worked() -> None:
    monday = date(2026, 6, 22)
    place = StepCalendar("UTC", frozenset({monday}))
    dated = steps_of(bill(Policy(suspend_after=4)), place)
    assert [one.day for one in dated if one.step is Step.SUSPEND] == [date(2026, 6, 23)]
    assert not is_working(monday, {monday})
    assert working_day_from(date(2026, 6, 20), frozenset()) == monday


def test_a_notice_in_advance_counts_from_the_day_of_its_action() -> None:
    assert days_of(Step.WARN_SUSPEND, suspend_after=4, suspend_notices=[2]) == [date(2026, 6, 20)]


def test_no_notice_stands_before_the_invoice() -> None:
    assert days_of(Step.REMIND, net_days=15, reminders=[15, 16]) == [date(2026, 6, 1)]


def test_no_notice_stands_before_an_invoice_that_was_made_later_than_it_is_dated() -> None:
    assert days_of(Step.WARN_SUSPEND, net_days=3, suspend_after=1, suspend_notices=[4, 5]) == [date(2026, 6, 13)]


@pytest.mark.parametrize(
    ("made_on", "due_on"), [(date(2026, 6, 1), DUE), (date(2026, 5, 30), DUE), (date(2026, 7, 1), date(2026, 7, 16))]
)
def test_the_days_to_pay_count_from_the_later_of_the_date_and_the_making(made_on: date, due_on: date) -> None:
    assert due_day(date(2026, 6, 1), made_on, 15) == due_on


@pytest.mark.parametrize(
    ("due_on", "zone", "hour", "instant"),
    [
        (date(2026, 3, 27), "Europe/Berlin", 9, datetime(2026, 3, 30, 7, tzinfo=UTC)),  # after the clocks went forward
        (date(2026, 10, 23), "Europe/Berlin", 9, datetime(2026, 10, 26, 8, tzinfo=UTC)),  # after they went back
        (date(2026, 3, 5), "America/New_York", 2, datetime(2026, 3, 9, 6, tzinfo=UTC)),
        (date(2026, 4, 2), "Australia/Sydney", 0, datetime(2026, 4, 5, 14, tzinfo=UTC)),
        (date(2026, 6, 16), "Asia/Kathmandu", 0, datetime(2026, 6, 18, 18, 15, tzinfo=UTC)),
    ],
)
def test_a_step_has_its_hour_of_the_local_day_all_year(due_on: date, zone: str, hour: int, instant: datetime) -> None:
    terms = Policy(suspend_after=3, hour=hour)
    dated = steps_of(bill(terms, due_on=due_on, zone=zone), StepCalendar(zone))
    assert next(one.at for one in dated if one.step is Step.SUSPEND) == instant


def test_the_spread_is_the_customers_own_and_stays_within_the_day() -> None:
    def moment(spread: int, hour: int) -> datetime:
        dated = steps_of(
            bill(Policy(suspend_after=3, hour=hour, spread_minutes=720)), StepCalendar("UTC", spread=spread)
        )
        return next(one.at for one in dated if one.step is Step.SUSPEND)

    assert moment(90, 8) == at(19) + timedelta(hours=9, minutes=30)
    assert moment(720, 23) == at(19) + timedelta(hours=23, minutes=59)


def test_what_is_due_is_due_at_its_instant_and_not_before() -> None:
    one = case(suspend_after=3)
    assert Step.SUSPEND not in [step for step, _ in names([one], ACTIVE, at(19) - timedelta(seconds=1))]
    assert (Step.SUSPEND, 3) in names([one], ACTIVE, at(19))


def test_after_a_pause_only_the_latest_notice_of_a_kind_is_sent() -> None:
    assert names([case(**WHOLE)], ACTIVE, at(14)) == [(Step.REMIND, 3)]
    assert names([case((Step.REMIND, 3), **WHOLE)], ACTIVE, at(14)) == []


def test_after_a_pause_the_next_notice_is_sent_and_no_action_taken_without_it() -> None:
    found = due([case(**WHOLE)], ACTIVE, at(28))
    assert [(one.step, one.dated.days, one.is_told) for one in found] == [
        (Step.OVERDUE, 0, False),
        (Step.WARN_LIMIT, 2, True),
    ]
    assert found[1].action_day == date(2026, 6, 30)


def test_nobody_is_reminded_of_a_due_date_that_has_passed() -> None:
    assert names([case(reminders=[3])], ACTIVE, at(17)) == [(Step.OVERDUE, 0)]


def test_of_stages_of_one_day_only_the_strongest_is_taken() -> None:
    done = ((Step.OVERDUE, 0),)
    assert names([case(*done, limit_after=3, suspend_after=3)], ACTIVE, at(19)) == [(Step.SUSPEND, 3)]


def test_a_suspended_customer_is_neither_suspended_nor_limited_again() -> None:
    done = ((Step.OVERDUE, 0), (Step.RESEND, 7))
    assert names([case(*done, **WHOLE)], SUSPENDED, at(1, 7)) == []
    assert names([case(*done, **WHOLE)], SUSPENDED, at(11, 7)) == [(Step.WARN_TERMINATE, 5)]


def test_who_is_back_in_service_unpaid_is_suspended_again() -> None:
    done = ((Step.OVERDUE, 0), (Step.SUSPEND, 3))
    assert names([case(*done, suspend_after=3)], ACTIVE, at(25)) == [(Step.SUSPEND, 3)]


def test_an_invoice_terminates_once() -> None:
    done = ((Step.OVERDUE, 0), (Step.TERMINATE, 3))
    assert names([case(*done, terminate_after=3)], SUSPENDED, at(25)) == []


@pytest.mark.parametrize(
    "status", [BillStatus.PROVISIONALLY_TERMINATED, BillStatus.PERMANENTLY_TERMINATED, BillStatus.EXPORTED]
)
def test_nothing_is_done_about_who_is_gone(status: BillStatus) -> None:
    gone = StatusFacts(bill_status=status)
    assert names([case(**WHOLE)], gone, at(28)) == []
    assert next_visit([case(**WHOLE)], gone, at(1)) is None


def test_a_block_does_not_stop_collection() -> None:
    assert (Step.SUSPEND, 10) in names([case(suspend_after=10)], StatusFacts(blocked=True), at(28))


def test_the_next_visit_is_the_next_step_that_changes_something() -> None:
    assert next_visit([case(**WHOLE)], ACTIVE, at(1)) == at(9)
    assert next_visit([case((Step.REMIND, 7), **WHOLE)], ACTIVE, at(9)) == at(13)
    done = ((Step.OVERDUE, 0), (Step.RESEND, 0), (Step.RESEND, 7))
    assert next_visit([case(*done, **WHOLE)], SUSPENDED, at(27)) == at(11, 7)
    assert next_visit([], ACTIVE, at(1)) is None


def test_a_visit_that_was_missed_is_due_since_then() -> None:
    assert next_visit([case(**WHOLE)], ACTIVE, at(14)) == at(13)


def test_the_end_of_a_lift_is_a_visit() -> None:
    lifted = StatusFacts(bill_status=BillStatus.SUSPENDED, suspension_lifted_until=at(20))
    assert next_visit([], lifted, at(18)) == at(20)
    assert (lift_ends(lifted, at(20) - timedelta(seconds=1)), lift_ends(lifted, at(20))) == (False, True)


def test_steps_of_the_same_instant_are_taken_in_their_order() -> None:
    dated: tuple[Dated, ...] = case(limit_after=1, suspend_after=1, resends=[1]).steps
    assert [one.step for one in dated] == [Step.OVERDUE, Step.RESEND, Step.LIMIT, Step.SUSPEND]
