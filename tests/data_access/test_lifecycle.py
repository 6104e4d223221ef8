"""The table of moves, cell by cell: what each status allows, and that no path goes round Suspended."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from data_access.base.errors import Rejected
from data_access.base.permissions import GRANTS, Permission, Role
from data_access.base.statuses import BillStatus, SuspensionCause
from data_access.domain.lifecycle import MoveTerms, StatusFacts
from data_access.domain.moves import MOVES, move_named, possible

NOW = datetime(2026, 3, 16, 9, tzinfo=UTC)
TODAY = date(2026, 3, 16)
OPEN = StatusFacts()
FROM = {
    BillStatus.OPEN: OPEN,
    BillStatus.SUSPENDED: StatusFacts(
        bill_status=BillStatus.SUSPENDED, suspension_cause=SuspensionCause.COLLECTION, suspended_at=NOW
    ),
    BillStatus.PROVISIONALLY_TERMINATED: StatusFacts(
        bill_status=BillStatus.PROVISIONALLY_TERMINATED,
        provisionally_terminated_at=NOW,
        terminate_on=TODAY + timedelta(days=20),
    ),
    BillStatus.PERMANENTLY_TERMINATED: StatusFacts(bill_status=BillStatus.PERMANENTLY_TERMINATED, terminated_at=NOW),
    BillStatus.EXPORTED: StatusFacts(bill_status=BillStatus.EXPORTED, exported_at=NOW),
}
BY_PERSON = [name for name, move in MOVES.items() if not move.by_system]

# Which moves a person finds open in each status, not blocked and with nothing planned.
ALLOWED = {
    BillStatus.OPEN: {"block", "provisionally_terminate", "permanently_terminate", "mark_exported"},
    BillStatus.SUSPENDED: {
        "block",
        "lift_suspension",
        "provisionally_terminate",
        "permanently_terminate",
        "mark_exported",
    },
    BillStatus.PROVISIONALLY_TERMINATED: {"reactivate", "bring_termination_forward", "permanently_terminate"},
    BillStatus.PERMANENTLY_TERMINATED: set(),
    BillStatus.EXPORTED: {"clear_exported"},
}


def terms(*, suspends: bool = False, day: date | None = None, horizon_days: int = 30, zone: str = "UTC") -> MoveTerms:
    return MoveTerms(
        now=NOW, today=TODAY, zone=zone, overdue=suspends, suspends=suspends, window_days=30, day=day,
        horizon_days=horizon_days,
    )  # fmt: skip


@pytest.mark.parametrize("status", BillStatus)
@pytest.mark.parametrize("name", BY_PERSON)
def test_every_cell_of_status_and_move(status: BillStatus, name: str) -> None:
    refusal = MOVES[name].refusal(FROM[status])
    assert (refusal is None) is (name in ALLOWED[status])


@pytest.mark.parametrize("status", BillStatus)
@pytest.mark.parametrize("name", [name for name, move in MOVES.items() if move.by_system])
def test_a_person_asking_for_a_move_of_the_system_is_refused_by_the_table(status: BillStatus, name: str) -> None:
    with pytest.raises(Rejected, match="by the system only"):
        move_named(name, FROM[status])


@pytest.mark.parametrize("status", BillStatus)
def test_no_move_by_a_person_is_called_active_or_sets_suspended_with_nothing_overdue(status: BillStatus) -> None:
    for name in ALLOWED[status]:
        after = MOVES[name].becomes(FROM[status], terms(day=TODAY + timedelta(days=2)))
        if after.bill_status is BillStatus.SUSPENDED:
            assert status is BillStatus.SUSPENDED


def test_no_path_of_two_moves_by_a_person_leads_out_of_suspended_to_active_while_the_debt_suspends() -> None:
    owing = terms(suspends=True, day=TODAY + timedelta(days=2))
    for first, second in product(BY_PERSON, BY_PERSON):
        facts = FROM[BillStatus.SUSPENDED]
        for name in (first, second):
            if MOVES[name].refusal(facts) is None:
                facts = MOVES[name].becomes(facts, owing)
        assert facts.bill_status is not BillStatus.OPEN, (first, second)


def test_unblocking_a_suspended_customer_leaves_suspended() -> None:
    blocked = replace(FROM[BillStatus.SUSPENDED], blocked=True)
    assert MOVES["unblock"].becomes(blocked, terms(suspends=True)).bill_status is BillStatus.SUSPENDED


@pytest.mark.parametrize("name", ["reactivate", "clear_exported", "unblock"])
def test_coming_back_lands_in_suspended_where_the_debt_suspends_and_not_for_being_overdue(name: str) -> None:
    facts = {
        "reactivate": FROM[BillStatus.PROVISIONALLY_TERMINATED],
        "clear_exported": FROM[BillStatus.EXPORTED],
        "unblock": replace(OPEN, blocked=True),
    }[name]
    assert MOVES[name].becomes(facts, terms(suspends=True)).bill_status is BillStatus.SUSPENDED
    assert MOVES[name].becomes(facts, terms()).bill_status is BillStatus.OPEN
    late = replace(terms(), overdue=True)
    assert MOVES[name].becomes(facts, late).bill_status is BillStatus.OPEN


def test_a_lift_ends_when_its_day_begins_in_the_billing_zone() -> None:
    facts = MOVES["lift_suspension"].becomes(
        FROM[BillStatus.SUSPENDED], terms(day=date(2026, 3, 20), zone="America/New_York")
    )
    assert facts.suspension_lifted_until == datetime(2026, 3, 20, 4, tzinfo=UTC)


@pytest.mark.parametrize(("days", "horizon"), [(0, 30), (-1, 30), (4, 3), (31, 30)])
def test_a_lift_outside_its_bounds_is_refused(days: int, horizon: int) -> None:
    with pytest.raises(Rejected):
        MOVES["lift_suspension"].becomes(
            FROM[BillStatus.SUSPENDED], terms(day=TODAY + timedelta(days=days), horizon_days=horizon)
        )


def test_the_horizon_counts_from_the_first_lift_even_after_it_ran_out() -> None:
    lifted = replace(
        FROM[BillStatus.SUSPENDED],
        first_lifted_on=TODAY - timedelta(days=25),
        suspension_lifted_until=NOW - timedelta(hours=1),
    )
    again = MOVES["suspend_again"].becomes(lifted, terms(suspends=True))
    assert again.suspension_lifted_until is None
    MOVES["lift_suspension"].becomes(again, terms(day=TODAY + timedelta(days=5)))
    with pytest.raises(Rejected, match="latest"):
        MOVES["lift_suspension"].becomes(again, terms(day=TODAY + timedelta(days=6)))


def test_reactivating_cancels_an_end_that_was_planned_before_and_says_so() -> None:
    planned = replace(FROM[BillStatus.OPEN], terminate_on=TODAY + timedelta(days=3))
    ended = MOVES["provisionally_terminate"].becomes(planned, terms())
    assert ended.terminate_on == planned.terminate_on
    back = MOVES["reactivate"].becomes(ended, terms())
    assert (back.bill_status, back.terminate_on) == (BillStatus.OPEN, None)
    assert any("planned before is cancelled" in effect for effect in MOVES["reactivate"].effects)


def test_the_horizon_is_not_renewed_by_terminating_and_reactivating() -> None:
    lifted = replace(FROM[BillStatus.SUSPENDED], first_lifted_on=TODAY - timedelta(days=29))
    ended = MOVES["provisionally_terminate"].becomes(lifted, terms(suspends=True))
    back = MOVES["reactivate"].becomes(ended, terms(suspends=True))
    assert back.first_lifted_on == TODAY - timedelta(days=29)
    assert MOVES["resume"].becomes(back, terms()).first_lifted_on is None


def test_provisional_termination_ends_after_the_class_window_and_only_moves_earlier() -> None:
    ended = MOVES["provisionally_terminate"].becomes(OPEN, terms())
    assert ended.terminate_on == TODAY + timedelta(days=30)
    earlier = MOVES["bring_termination_forward"].becomes(ended, terms(day=TODAY + timedelta(days=10)))
    assert earlier.terminate_on == TODAY + timedelta(days=10)
    for day in (TODAY + timedelta(days=10), TODAY + timedelta(days=11), TODAY):
        with pytest.raises(Rejected):
            MOVES["bring_termination_forward"].becomes(earlier, terms(day=day))


def test_the_window_has_ended_on_its_last_day() -> None:
    due = replace(FROM[BillStatus.PROVISIONALLY_TERMINATED], terminate_on=TODAY)
    with pytest.raises(Rejected, match="run out"):
        MOVES["reactivate"].becomes(due, terms())


def test_permanent_termination_today_ends_at_once_and_later_waits_for_its_date() -> None:
    now = MOVES["permanently_terminate"].becomes(OPEN, terms(day=TODAY))
    assert (now.bill_status, now.terminated_at) == (BillStatus.PERMANENTLY_TERMINATED, NOW)
    later = MOVES["permanently_terminate"].becomes(OPEN, terms(day=TODAY + timedelta(days=9)))
    assert (later.bill_status, later.terminate_on) == (BillStatus.OPEN, TODAY + timedelta(days=9))
    assert MOVES["cancel_planned"].becomes(later, terms()).terminate_on is None


def test_permanent_termination_cannot_be_dated_back_nor_later_than_the_window() -> None:
    with pytest.raises(Rejected, match="past"):
        MOVES["permanently_terminate"].becomes(OPEN, terms(day=TODAY - timedelta(days=1)))
    with pytest.raises(Rejected, match="earlier"):
        MOVES["permanently_terminate"].becomes(
            FROM[BillStatus.PROVISIONALLY_TERMINATED], terms(day=TODAY + timedelta(days=21))
        )


def test_what_is_offered_is_what_the_role_may_do() -> None:
    names = {move.name for move in possible(FROM[BillStatus.SUSPENDED], GRANTS[Role.SUPPORT])}
    assert names == {"block", "lift_suspension"}
    assert possible(FROM[BillStatus.SUSPENDED], GRANTS[Role.ANALYST]) == []


@pytest.mark.parametrize("move", MOVES.values(), ids=lambda move: move.name)
def test_every_move_says_its_effects_and_whether_it_can_be_taken_back(move: object) -> None:
    assert move.effects  # type: ignore[attr-defined]
    assert move.taken_back.endswith(".")  # type: ignore[attr-defined]


def test_only_an_admin_marks_as_exported() -> None:
    holders = [role for role in Role if Permission.CUSTOMER_PORT in GRANTS[role]]
    assert holders == [Role.ADMIN, Role.SYSTEM]


@pytest.mark.parametrize("name", BY_PERSON)
def test_what_leads_to_where_nothing_leads_back_is_marked_as_final(name: str):
    move = MOVES[name]
    ends = [
        move.becomes(facts, terms(day=TODAY)).bill_status is BillStatus.PERMANENTLY_TERMINATED
        for facts in FROM.values()
        if move.refusal(facts) is None and (move.bounds is None or move.bounds(facts, terms()).misfit(TODAY) is None)
    ]
    assert any(ends) is move.is_final
