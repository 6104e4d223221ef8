"""A customer's turn in a bulk action: what is checked under the lock before its command, and written with it."""

from dataclasses import dataclass, field

from data_access.base.clock import day_in, short_day
from data_access.base.errors import Refusal, Rejected
from data_access.base.statuses import LEFT, BulkState
from data_access.commands.bulk.actions import BulkAction
from data_access.domain.bulk import BECOMES, TURN, row_command_id
from data_access.domain.editing import edit_refusal
from data_access.models.bulk import OUTCOME_LENGTH, BulkRow, BulkRun
from data_access.models.customers import Customer
from data_access.models.history import Change, CommandLog
from data_access.search.list_address import Addressable
from data_access.store.unit_of_work import UnitOfWork


class PassedBy(Refusal):
    """It is not the customer's turn any more: done by somebody else, or the run was cancelled."""

    code = "passed_by"

    def __init__(self) -> None:
        super().__init__("It is not the turn of this customer any more.")


@dataclass(slots=True)
class RowStep:
    """One customer's turn. Judged before its order: that it is its turn, that it is meant still, and was not changed.

    `seen`: the last change of its record that was there, `outcome` what the order made of it, in words.
    """

    action: BulkAction
    row_id: int
    customer_id: int
    stage: BulkState
    selection: Addressable | None
    seen: int = 0
    outcome: str = ""
    _row: BulkRow | None = None
    _customer: Customer | None = None
    _stood: str = field(default="")

    def before(self, work: UnitOfWork) -> None:
        customer = work.lock(Customer, self.customer_id, called="The customer")
        row = self._row_in_turn(work)
        if customer.bill_status in LEFT:
            raise Rejected(edit_refusal(customer.bill_status) or "")
        self._refuse_changed(work, row)
        if self.stage is not BulkState.UNDOING:
            self._refuse_not_meant(work, customer)
        self._row, self._customer, self._stood = row, customer, self.action.stands(work, customer)

    def after(self, work: UnitOfWork, _result: object) -> None:
        assert self._row is not None
        assert self._customer is not None
        stands = self.action.stands(work, self._customer)
        self.outcome = f"{self._stood} → {stands}"[:OUTCOME_LENGTH] if stands else "A note"
        self._row.state, self._row.outcome, self._row.at = BECOMES[self.stage], self.outcome, work.now

    def _row_in_turn(self, work: UnitOfWork) -> BulkRow:
        """Read after the customer was locked: whoever had this turn before has written it down by now."""
        rows = work.select(BulkRow).join(BulkRun, BulkRun.id == BulkRow.run_id).where(BulkRow.id == self.row_id)
        in_turn = rows.where(BulkRow.state == TURN[self.stage], BulkRun.state == self.stage)
        row = work.session.scalars(in_turn).one_or_none()
        if row is None:
            raise PassedBy
        return row

    def _refuse_changed(self, work: UnitOfWork, row: BulkRow) -> None:
        changes = work.select(Change).where(
            Change.customer_id == row.customer_id, Change.entity == self.action.about.__name__
        )
        last = work.session.scalars(changes.order_by(Change.id.desc()).limit(1)).one_or_none()
        self.seen = 0 if last is None else last.id
        if self.stage is BulkState.RUNNING and self.seen != row.seen:
            raise Rejected(f"Changed since the trial{_by(work, last)}: nothing was done.")
        own = row_command_id(row.run_id, row.customer_id, BulkState.RUNNING)
        if self.stage is BulkState.UNDOING and (last is None or last.command_id != own):
            raise Rejected(f"Changed since{_by(work, last)}: it stays as it is.")

    def _refuse_not_meant(self, work: UnitOfWork, customer: Customer) -> None:
        if self.selection is None:
            return
        meant = work.select(Customer).where(Customer.id == customer.id, *self.selection.where(work.now))
        if work.session.scalar(meant.with_only_columns(Customer.id)) is None:
            raise Rejected("The filter does not find this customer any more: nothing was done.")


def _by(work: UnitOfWork, last: Change | None) -> str:
    """By whom and when, as far as this actor may know."""
    entries = work.select(CommandLog).where(CommandLog.id == (last.command_id if last else ""))
    entry = work.session.execute(entries.with_only_columns(CommandLog.login, CommandLog.at)).one_or_none()
    return "" if entry is None else f", by {entry.login} on {short_day(day_in('UTC', entry.at))}"
