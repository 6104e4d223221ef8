"""Changing a status through the command: rights, reasons, dates, events, plans, requests."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.bookings import Kind
from data_access.base.errors import Invalid, NotFound, NotPermitted, Refusal, Rejected
from data_access.base.permissions import GRANTS, PEOPLE_ROLES, Role
from data_access.base.statuses import BillStatus
from data_access.commands.customers.status import CancelPlan, ChangeStatus, MovePlan, PlanMove
from data_access.domain.moves import MOVES
from data_access.models.customers import Customer
from data_access.models.history import InvoiceRequest, PlannedMove, PlanState, StatusEvent
from data_access.models.numbers import Did
from data_access.queries.status.status import StatusChoices
from data_access.store.access import Access, new_command_id
from tests.data_access.test_money import booking
from tests.support.builders import a_customer, a_did, a_reseller, a_suspended_customer
from tests.support.people import NOW, access_for

TODAY = NOW.date()


def change(customer_id: int, move: str, **over: object) -> ChangeStatus:
    defaults = {"reason": "the customer asked for it", "command_id": new_command_id()}
    return ChangeStatus(customer_id=customer_id, move=move, **(defaults | over))  # type: ignore[arg-type]


def row_of(engine: Engine, customer_id: int) -> Customer:
    with Session(engine) as session:
        return session.get_one(Customer, customer_id)


def in_status(engine: Engine, status: BillStatus) -> int:
    if status is BillStatus.SUSPENDED:
        return a_suspended_customer(engine)
    return a_customer(engine, bill_status=status)


@pytest.mark.parametrize("role", PEOPLE_ROLES)
@pytest.mark.parametrize("status", BillStatus)
def test_what_is_offered_can_be_done_and_what_is_not_is_refused(engine: Engine, role: Role, status: BillStatus) -> None:
    access = access_for(engine, role)
    for name in MOVES:
        customer = in_status(engine, status)
        offered = {c.name: c for c in access.fetch(StatusChoices(customer)).possible}
        code = row_of(engine, customer).customer_code
        day = offered[name].days.earliest if name in offered else TODAY
        order = change(customer, name, day=day, confirm_customer_code=code)
        if name in offered:
            access.execute(order)
        else:
            with pytest.raises(Refusal) as refused:
                access.execute(order)
            assert str(refused.value).endswith(".")


def test_the_offer_names_the_reason_and_who_can(engine: Engine) -> None:
    customer = a_suspended_customer(engine)
    reasons = {i.label: i.reason for i in access_for(engine, Role.SUPPORT).fetch(StatusChoices(customer)).impossible}
    assert "A manager or an admin can" in reasons["Provisionally terminate"]
    assert "by the system only" in reasons["Suspend"]


def test_a_right_taken_away_holds_at_once(engine: Engine) -> None:
    customer = a_customer(engine)
    with pytest.raises(NotPermitted, match="block and unblock"):
        access_for(engine, Role.ANALYST).execute(change(customer, "block"))
    assert row_of(engine, customer).blocked is False


def test_every_change_leaves_one_event_with_actor_and_reason(engine: Engine) -> None:
    customer = a_customer(engine)
    access = access_for(engine, Role.SUPPORT)
    access.execute(change(customer, "block", reason="  card stolen "))
    with Session(engine) as session:
        event = session.scalars(select(StatusEvent).where(StatusEvent.move == "block")).one()
    assert (event.login, event.reason, event.at, event.blocked) == (access.actor.login, "card stolen", NOW, True)


@pytest.mark.parametrize("move", ["block", "provisionally_terminate", "mark_exported"])
def test_without_a_reason_nothing_moves(engine: Engine, move: str) -> None:
    customer = a_customer(engine)
    with pytest.raises(Invalid) as refused:
        access_for(engine, Role.ADMIN).execute(change(customer, move, reason="   "))
    assert set(refused.value.complaints) == {"reason"}


def test_permanent_termination_asks_for_everything_at_once(engine: Engine) -> None:
    customer = a_customer(engine, customer_code="C-77")
    order = change(customer, "permanently_terminate", reason="", confirm_customer_code="c-77")
    with pytest.raises(Invalid) as refused:
        access_for(engine, Role.MANAGER).execute(order)
    assert set(refused.value.complaints) == {"reason", "day", "confirm_customer_code"}


def test_permanent_termination_today_releases_the_dids(engine: Engine) -> None:
    customer = a_customer(engine, customer_code="C-77")
    did = a_did(engine, customer)
    order = change(customer, "permanently_terminate", day=TODAY, confirm_customer_code="C-77")
    access_for(engine, Role.MANAGER).execute(order)
    assert row_of(engine, customer).bill_status is BillStatus.PERMANENTLY_TERMINATED
    with Session(engine) as session:
        assert session.get_one(Did, did).customer_id is None


def test_support_lifts_for_three_days_and_a_manager_for_thirty(engine: Engine) -> None:
    support, manager = access_for(engine, Role.SUPPORT), access_for(engine, Role.MANAGER)
    for access, days in ((support, 3), (manager, 30)):
        customer = a_suspended_customer(engine)
        with pytest.raises(Rejected, match="at the latest"):
            access.execute(change(customer, "lift_suspension", day=TODAY + timedelta(days=days + 1)))
        access.execute(change(customer, "lift_suspension", day=TODAY + timedelta(days=days)))


def test_support_cannot_stretch_the_lift_by_lifting_again(engine: Engine) -> None:
    customer = a_suspended_customer(engine)
    access_for(engine, Role.SUPPORT).execute(change(customer, "lift_suspension", day=TODAY + timedelta(days=3)))
    tomorrow = access_for(engine, Role.SUPPORT, now=NOW + timedelta(days=1))
    with pytest.raises(Rejected, match="at the latest"):
        tomorrow.execute(change(customer, "lift_suspension", day=TODAY + timedelta(days=4)))


@pytest.mark.parametrize("first", [name for name, move in MOVES.items() if not move.by_system])
def test_no_pair_of_commands_leads_a_debtor_out_of_suspended(engine: Engine, first: str) -> None:
    admin = access_for(engine, Role.ADMIN)
    by_person = [name for name, move in MOVES.items() if not move.by_system]
    for second in by_person:
        customer = a_suspended_customer(engine)
        code = row_of(engine, customer).customer_code
        for name in (first, second):
            offered = {c.name: c for c in admin.fetch(StatusChoices(customer)).possible}
            if name in offered:
                admin.execute(change(customer, name, day=offered[name].days.earliest, confirm_customer_code=code))
        assert row_of(engine, customer).bill_status is not BillStatus.OPEN


def test_a_midterm_invoice_is_requested_once_and_only_with_a_termination(engine: Engine) -> None:
    customer, manager = a_customer(engine), access_for(engine, Role.MANAGER)
    with pytest.raises(Invalid, match="termination only"):
        manager.execute(change(customer, "block", midterm_invoice=True))
    manager.execute(change(customer, "provisionally_terminate", midterm_invoice=True))
    code = row_of(engine, customer).customer_code
    end = change(customer, "permanently_terminate", day=TODAY, confirm_customer_code=code, midterm_invoice=True)
    manager.execute(end)
    with Session(engine) as session:
        requests = session.scalars(select(InvoiceRequest)).all()
    assert [(request.customer_id, request.requested_at) for request in requests] == [(customer, NOW)]


def plan(customer_id: int, due_on: date, **over: object) -> PlanMove:
    defaults = {"move": "provisionally_terminate", "reason": "leaves at the end", "command_id": new_command_id()}
    return PlanMove(customer_id=customer_id, due_on=due_on, **(defaults | over))  # type: ignore[arg-type]


def plans_of(engine: Engine, customer_id: int) -> list[PlannedMove]:
    with Session(engine) as session:
        return list(session.scalars(select(PlannedMove).where(PlannedMove.customer_id == customer_id)))


def test_a_plan_is_made_moved_and_cancelled(engine: Engine) -> None:
    customer, manager = a_customer(engine), access_for(engine, Role.MANAGER)
    made = manager.execute(plan(customer, TODAY + timedelta(days=9)))
    with pytest.raises(Rejected, match="already planned"):
        manager.execute(plan(customer, TODAY + timedelta(days=12)))
    moved = MovePlan(plan_id=made.plan_id, due_on=TODAY + timedelta(days=20), command_id=new_command_id())
    manager.execute(moved)
    manager.execute(CancelPlan(plan_id=made.plan_id, command_id=new_command_id()))
    (kept,) = plans_of(engine, customer)
    assert (kept.due_on, kept.state) == (TODAY + timedelta(days=20), PlanState.CANCELLED)
    with pytest.raises(Rejected, match="already cancelled"):
        manager.execute(CancelPlan(plan_id=made.plan_id, command_id=new_command_id()))


def test_a_plan_for_today_or_of_another_move_is_refused(engine: Engine) -> None:
    customer, manager = a_customer(engine), access_for(engine, Role.MANAGER)
    with pytest.raises(Invalid, match="future"):
        manager.execute(plan(customer, TODAY))
    with pytest.raises(Rejected, match="cannot be planned ahead"):
        manager.execute(plan(customer, TODAY + timedelta(days=3), move="block"))
    with pytest.raises(Invalid, match="reason"):
        manager.execute(plan(customer, TODAY + timedelta(days=3), reason=""))


def test_a_plan_made_impossible_is_marked_at_once_with_its_reason(engine: Engine) -> None:
    customer, admin = a_customer(engine), access_for(engine, Role.ADMIN)
    admin.execute(plan(customer, TODAY + timedelta(days=9)))
    admin.execute(change(customer, "mark_exported"))
    (kept,) = plans_of(engine, customer)
    assert kept.state is PlanState.IMPOSSIBLE
    assert "exported" in kept.why_impossible


def test_a_foreign_customer_is_not_found_rather_than_forbidden(engine: Engine) -> None:
    mine, theirs = a_reseller(engine), a_reseller(engine)
    customer = a_customer(engine, reseller_id=theirs)
    access: Access = access_for(engine, Role.MANAGER, reseller_id=mine)
    with pytest.raises(NotFound):
        access.execute(change(customer, "block"))
    with pytest.raises(NotFound):
        access.fetch(StatusChoices(customer))


def test_unblocking_a_customer_who_owes_overdue_money_suspends(engine: Engine) -> None:
    customer = a_suspended_customer(engine)
    support = access_for(engine, Role.SUPPORT)
    support.execute(change(customer, "block"))
    support.execute(change(customer, "unblock"))
    assert row_of(engine, customer).bill_status is BillStatus.SUSPENDED


def test_paying_while_provisionally_terminated_does_not_reactivate(engine: Engine) -> None:
    customer, manager = a_suspended_customer(engine), access_for(engine, Role.MANAGER)
    manager.execute(change(customer, "provisionally_terminate"))
    manager.execute(booking(customer, Kind.MANUAL_PAYMENT, "100"))
    assert row_of(engine, customer).bill_status is BillStatus.PROVISIONALLY_TERMINATED
    manager.execute(change(customer, "reactivate"))
    assert row_of(engine, customer).bill_status is BillStatus.OPEN


def test_the_matrix_of_roles_is_the_one_that_was_decided() -> None:
    by_move = {
        move.name: {role.value for role in PEOPLE_ROLES if move.permission in GRANTS[role]}
        for move in MOVES.values()
        if not move.by_system
    }
    assert by_move["block"] == by_move["lift_suspension"] == {"support", "manager", "admin"}
    assert by_move["provisionally_terminate"] == by_move["permanently_terminate"] == {"manager", "admin"}
    assert by_move["mark_exported"] == {"admin"}
