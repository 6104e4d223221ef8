"""Bulk actions by the people who run them: tried, started, continued after a check, cancelled, undone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import func, select

from data_access.base.errors import Invalid, Rejected
from data_access.base.permissions import Permission
from data_access.base.statuses import BulkState, RowState
from data_access.base.text.numerals import counted
from data_access.commands.bulk.actions import ACTIONS, BulkAction, Order, opened
from data_access.domain.bulk import ENDS_AS, FIRST, MOST, NONE_FITS, NOTES_STAY, TURN, picked_in_words
from data_access.models.bulk import BulkRow, BulkRun
from data_access.models.customers import Customer
from data_access.search.list_address import Addressable, page_of, selection_at
from data_access.services.bulk.moves import CALLED, BulkMove, BulkMoved
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

_HAS_ENDED = frozenset({BulkState.DONE, BulkState.CANCELLED, BulkState.STOPPED, BulkState.UNDONE})


@dataclass(frozen=True, slots=True)
class BulkMade:
    """`customers`: how many the run is over."""

    bulk_run_id: int
    customers: int


@dataclass(frozen=True, kw_only=True)
class TryBulkAction(Command[BulkMade]):
    """Begins a bulk action with its trial: nothing is done to a customer before it is started.

    Over those who were picked, or over all that the filter finds: `shown` of them, and never more. `typed`: what the
    action asks for.
    """

    needs: ClassVar = Permission.CUSTOMER_BULK
    result_type: ClassVar = BulkMade

    action: str
    typed: Mapping[str, str]
    selection: Addressable | None = None
    picked: tuple[int, ...] = ()
    shown: int

    def apply(self, work: UnitOfWork) -> BulkMade:
        action = ACTIONS.get(self.action)
        if action is None:
            raise Invalid({"action": "Choose what to do."})
        order = action.order(self.typed)
        work.actor.require(order.permission())
        says = action.says(work, order)
        ids = self._meant(work)
        run = work.add(self._run(work, action, order, says=says, customers=len(ids)))
        work.session.add_all(BulkRow(run_id=run.id, customer_id=key) for key in ids)
        return BulkMade(run.id, len(ids))

    def _run(self, work: UnitOfWork, action: BulkAction, order: Order, *, says: str, customers: int) -> BulkRun:
        assert work.actor.person_id is not None
        chosen = self.selection
        return BulkRun(
            person_id=work.actor.person_id, login=work.actor.login, acts_id=work.actor.person_id, made_at=work.now,
            action=action.name, command=opened(order), title=says, reason=getattr(order, "text", order.reason),
            page="" if chosen is None else page_of(chosen), address={} if chosen is None else chosen.to_params(),
            selection=picked_in_words(customers) if chosen is None else chosen.describe(), customers=customers,
        )  # fmt: skip

    def _meant(self, work: UnitOfWork) -> list[int]:
        if self.selection is not None:
            self.selection.require(work.actor)
        found = work.select(Customer).with_only_columns(Customer.id)
        chosen = Customer.id.in_(self.picked) if self.selection is None else None
        where = self.selection.where(work.now) if self.selection is not None else [chosen]
        ids = list(work.session.scalars(found.where(*where).order_by(Customer.id).limit(MOST + 1)))
        if not ids:
            raise Rejected("No customer is meant: pick some, or change the filter.")
        if len(ids) > MOST:
            raise Rejected(f"These are more than {MOST:,} customers: narrow the filter.")
        _refuse_more(len(ids), self.shown)
        return ids


def _refuse_more(now: int, shown: int) -> None:
    if now > shown:
        raise Rejected(
            f"The filter finds {counted(now, 'customer', 'customers')} now, and {shown:,} were shown: nothing was "
            "done. Look at the list again."
        )


def _acts(work: UnitOfWork, run: BulkRun) -> None:
    """From now on it is done in the name of this person, who needs the right of the action itself too."""
    work.actor.require(ACTIONS[run.action].right)
    assert work.actor.person_id is not None
    run.acts_id = work.actor.person_id


@dataclass(frozen=True, kw_only=True)
class StartBulkAction(BulkMove):
    """Starts what was tried: the first five are done, then it waits for a look. Rejected if the filter finds more."""

    needs: ClassVar = Permission.CUSTOMER_BULK
    states: ClassVar = frozenset({BulkState.TRIED})

    def apply(self, work: UnitOfWork) -> BulkMoved:
        run = self.lock_run(work)
        _acts(work, run)
        _refuse_more(self._found_now(work, run), run.customers)
        first = _rows(work, run, RowState.FITS).order_by(BulkRow.id).limit(FIRST + 1)
        fitting = list(work.session.scalars(first))
        if not fitting:
            raise Rejected(NONE_FITS)
        run.pause_after = fitting[FIRST - 1] if len(fitting) > FIRST else None
        run.state, run.started_at = BulkState.RUNNING, work.now
        return BulkMoved(run.id, run.state)

    def _found_now(self, work: UnitOfWork, run: BulkRun) -> int:
        if not run.page:
            return run.customers
        where = selection_at(run.page, run.address).where(work.now)
        some = work.select(Customer).where(*where).with_only_columns(Customer.id).limit(run.customers + 1).subquery()
        return work.session.scalar(select(func.count()).select_from(some)) or 0


def _rows(work: UnitOfWork, run: BulkRun, state: RowState) -> Any:
    return work.select(BulkRow).where(BulkRow.run_id == run.id, BulkRow.state == state).with_only_columns(BulkRow.id)


@dataclass(frozen=True, kw_only=True)
class GoOnWithBulkAction(BulkMove):
    """Goes on with all others, after a look at the first ones."""

    needs: ClassVar = Permission.CUSTOMER_BULK
    states: ClassVar = frozenset({BulkState.PAUSED})

    def apply(self, work: UnitOfWork) -> BulkMoved:
        run = self.lock_run(work)
        _acts(work, run)
        run.state, run.pause_after = BulkState.RUNNING, None
        return BulkMoved(run.id, run.state)


@dataclass(frozen=True, kw_only=True)
class CancelBulkAction(BulkMove):
    """Ends it: what was done stays done, and can be undone; nothing more is done."""

    needs: ClassVar = Permission.CUSTOMER_BULK
    states: ClassVar = frozenset(BulkState) - _HAS_ENDED

    def apply(self, work: UnitOfWork) -> BulkMoved:
        run = self.lock_run(work)
        run.state, run.ended_at = BulkState.CANCELLED, work.now
        return BulkMoved(run.id, run.state)


@dataclass(frozen=True, kw_only=True)
class UndoBulkAction(BulkMove):
    """Restores each customer that was not changed since; the others stay, and say why."""

    needs: ClassVar = Permission.CUSTOMER_BULK
    states: ClassVar = frozenset({BulkState.PAUSED, BulkState.DONE, BulkState.CANCELLED, BulkState.STOPPED})

    def apply(self, work: UnitOfWork) -> BulkMoved:
        run = self.lock_run(work)
        if ACTIONS[run.action].undo is None:
            raise Rejected(NOTES_STAY)
        _acts(work, run)
        if work.session.scalar(_rows(work, run, RowState.DONE).limit(1)) is None:
            raise Rejected("There is nothing to undo: no customer was changed by it.")
        run.state, run.ended_at = BulkState.UNDOING, None
        return BulkMoved(run.id, run.state)


@dataclass(frozen=True, kw_only=True)
class EndBulkStage(Command[BulkMoved]):
    """Ends a trial, a run or an undoing in which it is nobody's turn any more; a run may pause for a look first."""

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = BulkMoved

    run_id: int

    def apply(self, work: UnitOfWork) -> BulkMoved:
        run = work.lock(BulkRun, self.run_id, called=CALLED)
        if run.state in TURN and self._is_over(work, run):
            self._end(work, run)
        return BulkMoved(run.id, run.state)

    def _is_over(self, work: UnitOfWork, run: BulkRun) -> bool:
        waiting = _rows(work, run, TURN[run.state])
        if run.pause_after is not None and run.state is BulkState.RUNNING:
            waiting = waiting.where(BulkRow.id <= run.pause_after)
        return work.session.scalar(waiting.limit(1)) is None

    def _end(self, work: UnitOfWork, run: BulkRun) -> None:
        if run.state is BulkState.RUNNING and run.pause_after is not None:
            run.state = BulkState.PAUSED
            return
        run.state = ENDS_AS[run.state]
        if run.state in _HAS_ENDED:
            run.ended_at = work.now


@dataclass(frozen=True, kw_only=True)
class StopBulkAction(Command[BulkMoved]):
    """Stops a run whose person has no right to it any more."""

    needs: ClassVar = Permission.SYSTEM_RUN
    result_type: ClassVar = BulkMoved

    run_id: int
    why: str

    def apply(self, work: UnitOfWork) -> BulkMoved:
        run = work.lock(BulkRun, self.run_id, called=CALLED)
        if run.state in TURN:
            run.state, run.why, run.ended_at = BulkState.STOPPED, self.why, work.now
        return BulkMoved(run.id, run.state)
