"""Bulk actions carried on: one customer after the other, each by its own command and in the name of a person."""

from sqlalchemy import update

from data_access.base.errors import Busy, NotPermitted, Refusal
from data_access.base.permissions import SYSTEM, Permission
from data_access.base.statuses import BulkState, RowState
from data_access.commands.bulk.actions import ACTIONS, BulkAction, Done, Order, for_customer, order_of
from data_access.commands.bulk.row_step import PassedBy, RowStep
from data_access.commands.bulk.runs import EndBulkStage, StopBulkAction
from data_access.domain.bulk import BECOMES, REFUSED, TURN, row_command_id
from data_access.jobs.work import Work
from data_access.models.bulk import OUTCOME_LENGTH, BulkRow
from data_access.queries.bulk.turns import BulkTurn, CountBulkTurns, IsBulkUnderWay, NextBulkTurns, TurnOf
from data_access.search.list_address import selection_at
from data_access.store.access import Access, new_command_id
from data_access.store.command_form import form_of
from data_access.store.job_leases import job_door

_FAULT = "A fault of the program stopped it. The page Jobs tells administrators which."
_FAILED = {
    BulkState.TRYING: RowState.LEFT_OUT, BulkState.RUNNING: RowState.FAILED, BulkState.UNDOING: RowState.KEPT,
}  # fmt: skip


def take_turn(access: Access, row_id: int) -> None:
    """Tries, does or undoes it to one customer, and keeps what came of it. The run stops if its person may no more."""
    turn = access.fetch(TurnOf(row_id))
    if turn is None:
        return
    if turn.actor is None:
        _stop(access, turn, f"{turn.login} cannot sign in any more: what was left is not done.")
        return
    acts, action = Access(access.engine, turn.actor, access.now), ACTIONS[turn.action]
    try:
        turn.actor.require(Permission.CUSTOMER_BULK)
        _take(acts, turn, action)
    except PassedBy:
        return
    except NotPermitted as refusal:
        _stop(access, turn, f"{turn.login} has no right to it any more. {refusal}")
    except Busy:
        raise
    except Refusal as refusal:
        _note(access, turn, REFUSED[turn.stage], str(refusal))


def _take(acts: Access, turn: BulkTurn, action: BulkAction) -> None:
    selection = selection_at(turn.page, turn.address) if turn.page else None
    step = RowStep(action, turn.row_id, turn.whom.id, turn.stage, selection)
    order = _order(turn, action)
    if turn.stage is BulkState.TRYING:
        acts.rehearse(order, step)
        _note(acts, turn, BECOMES[turn.stage], step.outcome, step.seen)
    else:
        acts.execute(order, step)


def _order(turn: BulkTurn, action: BulkAction) -> Order:
    """The order of the run for this customer, or the one that takes it back."""
    key = row_command_id(turn.run_id, turn.whom.id, turn.stage)
    order = order_of(for_customer(turn.form, turn.whom.id), key)
    if turn.stage is not BulkState.UNDOING or action.undo is None:
        return order
    done = Done(turn.whom, order, turn.before, f"Undo of bulk action {turn.run_id}")
    return order_of(form_of(action.undo(done)), key)


def _note(access: Access, turn: BulkTurn, state: RowState, outcome: str, seen: int = 0) -> None:
    """Keeps what a turn came to where no command was carried out."""
    values = {"state": state, "outcome": outcome[:OUTCOME_LENGTH], "at": access.now()}
    if turn.stage is BulkState.TRYING:
        values["seen"] = seen
    with job_door(access.engine) as session:
        this = update(BulkRow).where(BulkRow.id == turn.row_id, BulkRow.state == TURN[turn.stage])
        session.execute(this.values(values))


def _stop(access: Access, turn: BulkTurn, why: str) -> None:
    _system(access).execute(StopBulkAction(run_id=turn.run_id, why=why, command_id=new_command_id()))


def _system(access: Access) -> Access:
    return Access(access.engine, SYSTEM, access.now)


def keep_fault(access: Access, row_id: int) -> None:
    """What is kept of a turn that a fault of the program broke off: it does not come again."""
    turn = access.fetch(TurnOf(row_id))
    if turn is not None:
        _note(access, turn, _FAILED[turn.stage], _FAULT)


def carry_on(access: Access, run_id: int, most: int) -> None:
    """So many turns of a run at once, by whoever waits for them; the worker takes the others."""
    system = _system(access)
    for row_id in system.fetch(NextBulkTurns(most, run_id)).rows:
        take_turn(system, row_id)
    _end_stages(system, run_id)


def _end_stages(system: Access, run_id: int | None = None) -> tuple[int, ...]:
    """Ends the stages in which it is nobody's turn; the rows whose turn it is in the others."""
    turns = system.fetch(NextBulkTurns(run_id=run_id))
    for ended in turns.ended:
        system.execute(EndBulkStage(run_id=ended, command_id=new_command_id()))
    return turns.rows


def _due(access: Access, _after: int, _limit: int) -> list[int]:
    return list(_end_stages(access))


def _waiting(access: Access) -> int:
    return access.fetch(CountBulkTurns())


def _is_asked_for(access: Access) -> bool:
    return access.fetch(IsBulkUnderWay())


ACTING = Work(BulkRow, _due, take_turn, _waiting, keep_fault=keep_fault, is_asked_for=_is_asked_for)
