"""Bulk actions: tried without a trace, started within what was shown, a row each, carried on, undone."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select, update
from sqlalchemy.orm import Session

from data_access.base.engine import Door
from data_access.base.errors import Invalid, NotFound, NotPermitted, Rejected
from data_access.base.permissions import SYSTEM, Permission, Role
from data_access.base.schedule import Job
from data_access.base.statuses import BillStatus, BulkState, RowState
from data_access.commands.bulk.actions import ACTIONS, Ask
from data_access.commands.bulk.one_field import AssignRepresentative, ChangeClass, ChangeLimit, LimitBy
from data_access.commands.bulk.row_step import PassedBy, RowStep
from data_access.commands.bulk.runs import (
    CancelBulkAction,
    EndBulkStage,
    GoOnWithBulkAction,
    StartBulkAction,
    StopBulkAction,
    TryBulkAction,
    UndoBulkAction,
)
from data_access.commands.customers.customers import EditCustomer
from data_access.commands.customers.exports import ExportBulkResult
from data_access.commands.customers.notes import AddNote
from data_access.commands.customers.status import ChangeStatus
from data_access.domain.bulk import FIRST
from data_access.jobs.bulk_actions import carry_on
from data_access.jobs.runner import run_job
from data_access.jobs.worker import due_jobs
from data_access.models.bulk import BulkRow, BulkRun
from data_access.models.card.additional import AdditionalInfo, Representative
from data_access.models.card.tags import CustomerTag, Tag
from data_access.models.customers import BalanceControl, Customer, Note
from data_access.models.history import Change, CommandLog
from data_access.models.people import Person
from data_access.queries.audit.verify import VerifyChain
from data_access.queries.bulk.runs import BulkResults, BulkRunShown, CountMeant, FindBulkRuns
from data_access.queries.bulk.turns import CountBulkTurns, IsBulkUnderWay, NextBulkTurns, TurnOf
from data_access.search.advanced_filter import AdvancedFilter
from data_access.search.expression import parts_of, read_line
from data_access.search.filters import CustomerFilter
from data_access.search.list_address import selection_at
from data_access.store.access import Access, new_command_id
from data_access.store.job_leases import Holder, Tally
from tests.support.builders import a_class, a_customer, a_reseller, a_suspended_customer
from tests.support.people import NOW, access_for
from tests.support.rows import insert

S, B = RowState, BulkState
BLOCK = {"reason": "fraud wave"}
IN_EUR = CustomerFilter(currency=frozenset({"EUR"}))
TOMORROW = NOW.date() + timedelta(days=1)


def tried(access: Access, action: str, typed: Mapping[str, str], *picked: int, **over: Any) -> int:
    """The trial is whole: the id of its run."""
    over = {"shown": len(picked)} | over
    order = TryBulkAction(action=action, typed=typed, picked=picked, command_id=new_command_id(), **over)
    run_id = access.execute(order).bulk_run_id
    work(access.engine)
    return run_id


def started(access: Access, run_id: int) -> None:
    access.execute(StartBulkAction(run_id=run_id, command_id=new_command_id()))
    work(access.engine)


def done(access: Access, action: str, typed: Mapping[str, str], *picked: int, **over: Any) -> int:
    """Tried, started, looked at and done."""
    run_id = tried(access, action, typed, *picked, **over)
    started(access, run_id)
    if state(access.engine, run_id) is B.PAUSED:
        access.execute(GoOnWithBulkAction(run_id=run_id, command_id=new_command_id()))
        work(access.engine)
    return run_id


def undone(access: Access, run_id: int) -> dict[int, tuple[RowState, str]]:
    access.execute(UndoBulkAction(run_id=run_id, command_id=new_command_id()))
    work(access.engine)
    return rows(access.engine, run_id)


def work(engine: Engine) -> Tally:
    """The worker, until nothing is under way."""
    ran = run_job(engine, Job.ACT_ON_MANY, lambda: NOW, Holder("one"))
    assert ran is not None
    return ran.tally


def state(engine: Engine, run_id: int) -> BulkState:
    with Session(engine) as session:
        return session.get_one(BulkRun, run_id).state


def rows(engine: Engine, run_id: int) -> dict[int, tuple[RowState, str]]:
    with Session(engine) as session:
        found = session.scalars(select(BulkRow).where(BulkRow.run_id == run_id).order_by(BulkRow.id))
        return {row.customer_id: (row.state, row.outcome) for row in found}


def states(engine: Engine, run_id: int) -> Counter[RowState]:
    return Counter(state for state, _ in rows(engine, run_id).values())


def customer(engine: Engine, key: int) -> Customer:
    with Session(engine) as session:
        return session.get_one(Customer, key)


def blocked(engine: Engine) -> set[int]:
    with Session(engine) as session:
        return set(session.scalars(select(Customer.id).where(Customer.blocked)))


def touch(engine: Engine, key: int) -> None:
    """Somebody edits the customer."""
    edit = EditCustomer(
        customer_id=key, version=1, shown={}, changes={"fax": "+4930123456"}, command_id=new_command_id()
    )
    access_for(engine, Role.SUPPORT).execute(edit)


def count(engine: Engine, *where: Any) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).where(*where)) or 0


def test_a_trial_tells_each_outcome_and_leaves_no_other_trace(engine: Engine) -> None:
    open_one, was = a_customer(engine), a_customer(engine, blocked=True)
    gone, away = (
        a_customer(engine, bill_status=status) for status in (BillStatus.PERMANENTLY_TERMINATED, BillStatus.EXPORTED)
    )
    before = count(engine, Change.customer_id.is_not(None))
    run_id = tried(access_for(engine, Role.MANAGER), "block", BLOCK, open_one, was, gone, away)
    told = rows(engine, run_id)
    assert told[open_one] == (S.FITS, "Active → Active, blocked")
    assert told[was] == (S.LEFT_OUT, "The customer is already blocked.")
    assert {told[gone][0], told[away][0]} == {S.LEFT_OUT}
    assert "permanently terminated" in told[gone][1]
    assert "exported" in told[away][1]
    assert state(engine, run_id) is B.TRIED
    assert (blocked(engine), count(engine, Change.customer_id.is_not(None))) == ({was}, before)


def test_five_are_done_then_it_waits_for_a_look_and_goes_on(engine: Engine) -> None:
    keys = [a_customer(engine) for _ in range(FIRST + 3)]
    access = access_for(engine, Role.MANAGER)
    run_id = tried(access, "block", BLOCK, *keys)
    started(access, run_id)
    assert (state(engine, run_id), blocked(engine)) == (B.PAUSED, set(keys[:FIRST]))
    assert work(engine) == Tally()
    access.execute(GoOnWithBulkAction(run_id=run_id, command_id=new_command_id()))
    assert work(engine).done == 3
    assert (state(engine, run_id), blocked(engine)) == (B.DONE, set(keys))
    with Session(engine) as session:
        entries = session.scalars(select(CommandLog).where(CommandLog.id.like("bulk-%"))).all()
    assert {(entry.name, entry.login, entry.reason) for entry in entries} == {
        ("ChangeStatus", access.actor.login, "fraud wave")
    }
    assert Access(engine, SYSTEM, lambda: NOW).fetch(VerifyChain()).holds


def test_who_waits_does_the_first_ones_without_the_worker(engine: Engine) -> None:
    keys = [a_customer(engine) for _ in range(FIRST + 1)]
    access = access_for(engine, Role.MANAGER)
    order = TryBulkAction(action="block", typed=BLOCK, picked=tuple(keys), shown=len(keys), command_id=new_command_id())
    run_id = access.execute(order).bulk_run_id
    carry_on(access, run_id, 4)
    assert (state(engine, run_id), states(engine, run_id)) == (B.TRYING, {S.FITS: 4, S.WAITING: 2})
    carry_on(access, run_id, 4)
    access.execute(StartBulkAction(run_id=run_id, command_id=new_command_id()))
    carry_on(access, run_id, 99)
    assert (state(engine, run_id), states(engine, run_id)) == (B.PAUSED, {S.DONE: FIRST, S.FITS: 1})


def test_it_never_reaches_further_than_was_shown(engine: Engine) -> None:
    access = access_for(engine, Role.MANAGER)
    a_customer(engine)
    run_id = tried(access, "block", BLOCK, selection=IN_EUR, shown=1)
    a_customer(engine)
    with pytest.raises(Rejected, match="finds 2 customers now, and 1 were shown"):
        tried(access, "block", BLOCK, selection=IN_EUR, shown=1)
    with pytest.raises(Rejected, match="finds 2 customers now, and 1 were shown"):
        started(access, run_id)
    assert blocked(engine) == set()


def test_who_leaves_the_filter_or_was_changed_since_the_trial_is_refused(engine: Engine) -> None:
    access = access_for(engine, Role.MANAGER)
    stays, paid, edited = (a_customer(engine, balance=Decimal(50)) for _ in range(3))
    owing = AdvancedFilter(parts_of([read_line("balance.at_least.10")]))
    run_id = tried(access, "block", BLOCK, selection=owing, shown=3)
    with Session(engine.execution_options(door=Door(is_open=True))) as session, session.begin():
        session.execute(update(Customer).where(Customer.id == paid).values(balance=Decimal(0)))
    touch(engine, edited)
    started(access, run_id)
    told = rows(engine, run_id)
    assert {key: state for key, (state, _) in told.items()} == {stays: S.DONE, paid: S.REFUSED, edited: S.REFUSED}
    assert told[paid][1].startswith("The filter does not find this customer any more")
    assert told[edited][1].startswith("Changed since the trial, by support-")
    assert (state(engine, run_id), blocked(engine)) == (B.DONE, {stays})


CASES: dict[str, tuple[dict[str, str], str]] = {
    "block": (BLOCK, "Active → Active, blocked"),
    "unblock": (BLOCK, "Active, blocked → Active"),
    "lift_suspension": (BLOCK | {"day": TOMORROW.isoformat()}, "Suspended → Suspended, lifted until 17 Mar 2026"),
    "provisionally_terminate": (BLOCK, "Active → Provisionally terminated, ends on 15 Apr 2026"),
    "change_class": ({"customer_class_id": "{gold}"}, "Plain → Gold"),
    "change_limit": ({"by": "percent", "amount": "-12.5"}, "1,000.00 EUR → 875.00 EUR"),
    "assign": ({"representative_id": "{anna}"}, "nobody → Anna"),
    "add_tag": ({"tag_id": "{vip}"}, "no tag → VIP"),
    "remove_tag": ({"tag_id": "{vip}"}, "VIP → no tag"),
}


def written(engine: Engine, typed: Mapping[str, str]) -> dict[str, str]:
    ids = {
        "gold": a_class(engine, name="Gold"),
        "anna": insert(engine, Representative, {"name": "Anna", "name_key": "anna"}),
    }
    ids["vip"] = insert(engine, Tag, {"name": "VIP", "name_key": "vip"})
    return {name: text.format(**ids) for name, text in typed.items()}


def one_for(engine: Engine, action: str) -> int:
    if action == "lift_suspension":
        return a_suspended_customer(engine)
    return a_customer(engine, blocked=action == "unblock", customer_class_id=a_class(engine, name="Plain"))


def stands(engine: Engine, key: int) -> tuple[Any, ...]:
    with Session(engine) as session:
        found = session.get_one(Customer, key)
        info = session.scalar(select(AdditionalInfo.representative_id).where(AdditionalInfo.customer_id == key))
        tags = session.scalars(
            select(CustomerTag.tag_id).where(CustomerTag.customer_id == key, CustomerTag.removed_at.is_(None))
        )
        return (
            found.bill_status, found.blocked, found.suspension_lifted_until, found.terminate_on,
            found.customer_class_id, found.credit_limit, info, tuple(tags),
        )  # fmt: skip


@pytest.mark.parametrize("action", CASES)
def test_each_action_is_done_and_undone(engine: Engine, action: str) -> None:
    key, typed = one_for(engine, action), written(engine, CASES[action][0])
    if action == "remove_tag":
        insert(engine, CustomerTag, {"customer_id": key, "tag_id": int(typed["tag_id"])})
    before, access = stands(engine, key), access_for(engine, Role.MANAGER)
    run_id = done(access, action, typed, key)
    assert rows(engine, run_id) == {key: (S.DONE, CASES[action][1])}
    assert stands(engine, key) != before
    assert undone(access, run_id)[key][0] is S.UNDONE
    assert (stands(engine, key), state(engine, run_id)) == (before, B.UNDONE)


def test_every_action_has_its_case() -> None:
    assert set(CASES) == {name for name, action in ACTIONS.items() if action.undo is not None}
    assert set(ACTIONS) - set(CASES) == {"note"}


def test_an_earlier_lift_is_set_again(engine: Engine) -> None:
    key, access = a_suspended_customer(engine), access_for(engine, Role.MANAGER)
    lift = ChangeStatus(customer_id=key, move="lift_suspension", day=TOMORROW, reason="r", command_id=new_command_id())
    access.execute(lift)
    before = stands(engine, key)
    run_id = done(access, "lift_suspension", BLOCK | {"day": f"{TOMORROW + timedelta(days=2)}"}, key)
    undone(access, run_id)
    assert stands(engine, key) == before


def test_a_note_is_written_to_each_and_stays(engine: Engine) -> None:
    access, key = access_for(engine, Role.MANAGER), a_customer(engine)
    run_id = done(access, "note", {"text": "Call back", "sticky": "yes"}, key)
    with Session(engine) as session:
        (note,) = session.scalars(select(Note))
    assert (note.customer_id, note.text, note.sticky, note.author) == (key, "Call back", True, access.actor.login)
    with pytest.raises(Rejected, match="Notes stay"):
        undone(access, run_id)
    gone = a_customer(engine, bill_status=BillStatus.EXPORTED)
    assert rows(engine, tried(access, "note", {"text": "Call back"}, gone))[gone][0] is S.LEFT_OUT


def test_whose_turn_is_over_is_passed_by_under_the_lock(engine: Engine) -> None:
    key, access = a_customer(engine), access_for(engine, Role.MANAGER)
    run_id = tried(access, "note", {"text": "Call back"}, key)
    with Session(engine) as session:
        row_id = session.scalars(select(BulkRow.id)).one()
    order = AddNote(customer_id=key, text="Call back", command_id="another process")
    step = RowStep(ACTIONS["note"], row_id, key, B.RUNNING, None)
    with pytest.raises(PassedBy):
        access.execute(order, step)
    started(access, run_id)
    with pytest.raises(PassedBy):
        access.execute(order, step)
    assert count(engine, Note.id > 0) == 1


def test_undoing_leaves_who_was_changed_since_as_it_is(engine: Engine) -> None:
    first, second = a_customer(engine), a_customer(engine)
    access = access_for(engine, Role.MANAGER)
    run_id = done(access, "block", BLOCK, first, second)
    touch(engine, first)
    told = undone(access, run_id)
    assert (told[first][0], told[second][0]) == (S.KEPT, S.UNDONE)
    assert told[first][1].startswith("Changed since, by support-")
    assert blocked(engine) == {first}
    with pytest.raises(Rejected, match="in another state now: undone"):
        undone(access, run_id)


def test_an_amount_is_in_its_currency_and_prepaid_has_no_limit(engine: Engine) -> None:
    euro, yen = a_customer(engine), a_customer(engine, currency="JPY")
    prepaid = a_customer(engine, balance_control=BalanceControl.PREPAID, credit_limit=None)
    unlimited = a_customer(engine, credit_limit=None)
    typed = {"by": "add", "amount": "250", "currency": "EUR"}
    told = rows(engine, done(access_for(engine, Role.MANAGER), "change_limit", typed, euro, yen, prepaid, unlimited))
    assert told[euro] == (S.DONE, "1,000.00 EUR → 1,250.00 EUR")
    assert told[yen] == (S.LEFT_OUT, "The customer is billed in JPY; the amount is in EUR.")
    assert told[prepaid][1] == "Prepaid customers have no credit limit."
    assert told[unlimited][1] == "The customer has no credit limit: set one, or leave it."


@pytest.mark.parametrize(
    ("action", "typed", "at"),
    [
        ("nothing", {}, {"action"}),
        ("block", {"reason": " "}, {"reason"}),
        ("lift_suspension", BLOCK | {"day": "soon"}, {"day"}),
        ("change_limit", {"by": "add"}, {"amount", "currency"}),
        ("change_limit", {"by": "twice"}, {"by"}),
        ("change_class", {"customer_class_id": "77"}, {"customer_class_id"}),
        ("note", {}, {"text"}),
        ("assign", {"representative_id": "77"}, {"representative_id"}),
        ("add_tag", {}, {"tag_id"}),
        ("remove_tag", {"tag_id": "77"}, {"tag_id"}),
    ],
)
def test_what_an_action_asks_for_is_judged_before_its_trial(
    engine: Engine, action: str, typed: dict[str, str], at: set[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        tried(access_for(engine, Role.MANAGER), action, typed, a_customer(engine))
    assert set(refused.value.complaints) == at


def test_it_takes_a_right_of_its_own_and_that_of_the_action(engine: Engine) -> None:
    key = a_customer(engine)
    with pytest.raises(NotPermitted, match="act on many customers at once"):
        tried(access_for(engine, Role.SUPPORT), "block", BLOCK, key)
    granted = access_for(engine, Role.ANALYST, extra_grants=Permission.CUSTOMER_BULK.value)
    with pytest.raises(NotPermitted, match="block and unblock"):
        tried(granted, "block", BLOCK, key)


@pytest.mark.parametrize(
    ("loses", "says"), [({"is_active": False}, "cannot sign in any more"), ({"role": Role.SUPPORT}, "no right to it")]
)
def test_it_stops_when_its_person_may_no_more(engine: Engine, loses: dict[str, Any], says: str) -> None:
    keys = [a_customer(engine) for _ in range(FIRST + 2)]
    access = access_for(engine, Role.MANAGER)
    run_id = tried(access, "block", BLOCK, *keys)
    started(access, run_id)
    access.execute(GoOnWithBulkAction(run_id=run_id, command_id=new_command_id()))
    with Session(engine.execution_options(door=Door(is_open=True))) as session, session.begin():
        session.execute(update(Person).where(Person.id == access.actor.person_id).values(loses))
    work(engine)
    with Session(engine) as session:
        run = session.get_one(BulkRun, run_id)
    assert (run.state, says in run.why, len(blocked(engine))) == (B.STOPPED, True, FIRST)


def test_cancelled_it_does_no_more_and_can_be_undone(engine: Engine) -> None:
    keys = [a_customer(engine) for _ in range(FIRST + 2)]
    access = access_for(engine, Role.MANAGER)
    run_id = tried(access, "block", BLOCK, *keys)
    started(access, run_id)
    access.execute(CancelBulkAction(run_id=run_id, command_id=new_command_id()))
    work(engine)
    assert states(engine, run_id) == {S.DONE: FIRST, S.FITS: 2}
    undone(access, run_id)
    assert (states(engine, run_id), blocked(engine)) == ({S.UNDONE: FIRST, S.FITS: 2}, set())


def test_whoever_sees_one_reseller_reaches_nobody_else(engine: Engine) -> None:
    mine = a_reseller(engine)
    own, other = a_customer(engine, reseller_id=mine), a_customer(engine)
    access = access_for(engine, Role.MANAGER, reseller_id=mine)
    run_id = done(access, "block", BLOCK, own, other)
    assert (set(rows(engine, run_id)), blocked(engine)) == ({own}, {own})
    assert done(access, "unblock", BLOCK, selection=CustomerFilter(blocked=True), shown=1) > run_id
    assert blocked(engine) == set()


@pytest.mark.parametrize("is_picked", [True, False])
def test_whoever_sees_one_reseller_by_now_is_told_no_count_of_others(engine: Engine, *, is_picked: bool) -> None:
    mine = a_reseller(engine)
    keys = [a_customer(engine, reseller_id=mine), a_customer(engine), a_customer(engine)]
    saw_all = access_for(engine, Role.MANAGER)
    over: dict[str, Any] = {} if is_picked else {"selection": CustomerFilter(), "shown": len(keys)}
    run_id = tried(saw_all, "block", BLOCK, *(keys if is_picked else ()), **over)
    with Session(engine.execution_options(door=Door(is_open=True))) as session, session.begin():
        session.execute(update(Person).where(Person.id == saw_all.actor.person_id).values(reseller_id=mine))
    colleague = access_for(engine, Role.MANAGER, reseller_id=mine)
    for run in (colleague.fetch(BulkRunShown(run_id)), *colleague.fetch(FindBulkRuns()).rows):
        assert (run.customers, run.counts) == (1, {S.FITS: 1})
        assert str(len(keys)) not in run.selection
    assert access_for(engine, Role.MANAGER).fetch(BulkRunShown(run_id)).customers == len(keys)


class Killed(BaseException):
    """Nothing catches it, like the end of a process."""


def dies_at(engine: Engine, write: int, do: Callable[[], object]) -> bool:
    """Does it; whether it died before this write of a row or of an entry in the audit."""
    seen = iter(range(1, 1_000))

    def dies(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.startswith(("UPDATE bulk_rows", "INSERT INTO command_log")) and next(seen) == write:
            raise Killed

    event.listen(engine, "before_cursor_execute", dies)
    try:
        do()
    except Killed:
        return True
    finally:
        event.remove(engine, "before_cursor_execute", dies)
    return False


def test_killed_at_any_write_and_started_again_it_does_each_once(engine: Engine) -> None:
    keys = [a_customer(engine) for _ in range(FIRST + 1)]
    access = access_for(engine, Role.MANAGER)
    deaths = 0
    for action in ("block", "unblock"):
        order = TryBulkAction(
            action=action, typed=BLOCK, picked=tuple(keys), shown=len(keys), command_id=new_command_id()
        )
        run_id = access.execute(order).bulk_run_id
        while dies_at(engine, 2, lambda: work(engine)):
            deaths += 1
        started_at = StartBulkAction(run_id=run_id, command_id=new_command_id())
        access.execute(started_at)
        while dies_at(engine, 3, lambda: work(engine)):
            deaths += 1
        access.execute(GoOnWithBulkAction(run_id=run_id, command_id=new_command_id()))
        work(engine)
        assert (state(engine, run_id), states(engine, run_id)) == (B.DONE, {S.DONE: len(keys)})
    assert deaths > 4
    assert count(engine, CommandLog.name == "ChangeStatus") == 2 * len(keys)


def test_a_fault_with_one_is_kept_and_does_not_come_again(engine: Engine) -> None:
    keys = [a_customer(engine) for _ in range(3)]
    access = access_for(engine, Role.MANAGER)
    run_id = tried(access, "change_class", {"customer_class_id": str(a_class(engine))}, *keys)
    with Session(engine.execution_options(door=Door(is_open=True))) as session, session.begin():
        session.execute(update(BulkRun).values(action="no such action"))
    with pytest.raises(KeyError):
        started(access, run_id)
    with Session(engine.execution_options(door=Door(is_open=True))) as session, session.begin():
        session.execute(update(BulkRun).values(state=B.RUNNING))
    assert work(engine).failed == 3
    assert (state(engine, run_id), states(engine, run_id)) == (B.DONE, {S.FAILED: 3})


def test_the_worker_comes_as_soon_as_people_wait(engine: Engine) -> None:
    work(engine)
    assert Job.ACT_ON_MANY not in due_jobs(engine, NOW)
    order = TryBulkAction(action="block", typed=BLOCK, picked=(a_customer(engine),), shown=1, command_id="one")
    first = access_for(engine, Role.MANAGER)
    assert first.execute(order) == first.execute(order)
    assert Job.ACT_ON_MANY in due_jobs(engine, NOW)
    work(engine)
    assert Job.ACT_ON_MANY not in due_jobs(engine, NOW)


def test_a_run_is_read_with_its_counts_and_its_rows(engine: Engine) -> None:
    access = access_for(engine, Role.MANAGER)
    keys = [a_customer(engine, blocked=number == 1) for number in range(3)]
    run_id = done(access, "block", BLOCK, *keys)
    other = tried(access, "block", BLOCK, selection=IN_EUR, shown=3)
    assert [run.id for run in access.fetch(FindBulkRuns()).rows] == [other, run_id]
    run = access.fetch(BulkRunShown(run_id))
    assert (run.counts, run.is_under_way, run.selection) == (
        {S.DONE: 2, S.LEFT_OUT: 1}, False, "3 customers picked in the list"
    )  # fmt: skip
    shown = access.fetch(BulkRunShown(other))
    assert (shown.page, shown.address, shown.selection) == (
        "customers", {"currency": ["EUR"]}, "in EUR, not permanently terminated"
    )  # fmt: skip
    assert selection_at(shown.page, shown.address) == IN_EUR
    assert (access.fetch(CountMeant(IN_EUR)), access.fetch(CountMeant(IN_EUR, most=1))) == (3, 2)
    assert [row.customer_id for row in access.fetch(BulkResults(run_id)).rows] == keys
    assert [row.customer_id for row in access.fetch(BulkResults(run_id, S.LEFT_OUT)).rows] == [keys[1]]
    exported = access.execute(ExportBulkResult(run_id=run_id, format="CSV", command_id=new_command_id()))
    assert (exported.customers, exported.filter) == (3, f"Bulk action {run_id}: Block")
    with pytest.raises(NotFound):
        access.fetch(BulkRunShown(other + 1))
    with pytest.raises(NotPermitted):
        access_for(engine, Role.SUPPORT).fetch(FindBulkRuns())


def test_progress_is_told_of_the_stage(engine: Engine) -> None:
    access = access_for(engine, Role.MANAGER)
    keys = [a_customer(engine, blocked=number == 0) for number in range(FIRST + 3)]
    order = TryBulkAction(action="block", typed=BLOCK, picked=tuple(keys), shown=len(keys), command_id=new_command_id())
    run_id = access.execute(order).bulk_run_id
    system = Access(engine, SYSTEM, lambda: NOW)
    assert (system.fetch(IsBulkUnderWay()), system.fetch(CountBulkTurns())) == (True, len(keys))
    first = system.fetch(NextBulkTurns(1)).rows[0]
    turn = system.fetch(TurnOf(first))
    assert turn is not None
    assert (turn.actor, turn.whom.currency) == (access.actor, "EUR")
    carry_on(access, run_id, 3)
    assert system.fetch(TurnOf(first)) is None
    system.execute(EndBulkStage(run_id=run_id, command_id=new_command_id()))
    trial = access.fetch(BulkRunShown(run_id))
    assert (trial.state, trial.waiting, trial.of_stage) == (B.TRYING, len(keys) - 3, len(keys))
    work(engine)
    access.execute(StartBulkAction(run_id=run_id, command_id=new_command_id()))
    carry_on(access, run_id, 2)
    running = access.fetch(BulkRunShown(run_id))
    assert (running.state, running.waiting, running.of_stage) == (B.RUNNING, len(keys) - 3, len(keys) - 1)
    assert system.execute(StopBulkAction(run_id=run_id, why="No.", command_id="stop")).bulk_state == "stopped"


@pytest.mark.parametrize(
    ("page", "address", "named"),
    [
        ("customers", {"currency": ["EURO"]}, "EURO"),
        ("advanced_search", {"where": ["no_such_field.is.yes"]}, "no_such_field"),
    ],
)
def test_a_filter_that_cannot_be_read_any_more_is_refused_by_its_part(
    page: str, address: dict[str, list[str]], named: str
) -> None:
    with pytest.raises(Rejected, match=named):
        selection_at(page, address)


def test_each_order_is_judged_by_itself_too(engine: Engine) -> None:
    key, admin = a_customer(engine), access_for(engine, Role.ADMIN)
    other = a_class(engine)
    assert admin.execute(ChangeClass(customer_id=key, customer_class_id=other, command_id="1")).version == 2
    with pytest.raises(Invalid):
        admin.execute(ChangeClass(customer_id=key, customer_class_id=other + 1, command_id="2"))
    for by, amount, limit in ((LimitBy.SET, 20, 20), (LimitBy.ADD, -5, 15), (LimitBy.PERCENT, 10, 16.5)):
        order = ChangeLimit(customer_id=key, by=by, amount=Decimal(amount), currency="EUR", command_id=f"{by}")
        admin.execute(order)
        assert customer(engine, key).credit_limit == Decimal(str(limit))
    with pytest.raises(Invalid, match="cannot be negative"):
        admin.execute(ChangeLimit(customer_id=key, by=LimitBy.PERCENT, amount=Decimal(-101), command_id="3"))
    with pytest.raises(NotPermitted, match="set permanent credit limits"):
        access_for(engine, Role.SUPPORT).execute(ChangeLimit(customer_id=key, by=LimitBy.SET, command_id="4"))
    with pytest.raises(Invalid, match="Choose the representative"):
        admin.execute(AssignRepresentative(customer_id=key, representative_id=77, command_id="5"))


def test_what_is_asked_for_is_named() -> None:
    assert {ask for action in ACTIONS.values() for ask in action.asks} == set(Ask)
