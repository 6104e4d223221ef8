"""What all commands about a bulk action share: the run that each is about, and the states in which it is allowed."""

from dataclasses import dataclass
from typing import ClassVar

from data_access.base.errors import Rejected
from data_access.base.permissions import Permission
from data_access.base.statuses import BulkState
from data_access.models.bulk import BulkRun
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork

CALLED = "The bulk action"


@dataclass(frozen=True, slots=True)
class BulkMoved:
    """`bulk_state`: how the run stands after the command."""

    bulk_run_id: int
    bulk_state: str


@dataclass(frozen=True, kw_only=True)
class BulkMove(Command[BulkMoved]):
    """An order of a person about a run. `states`: those in which the run takes it."""

    needs: ClassVar = Permission.CUSTOMER_BULK
    result_type: ClassVar = BulkMoved
    states: ClassVar[frozenset[BulkState]]

    run_id: int

    def lock_run(self, work: UnitOfWork) -> BulkRun:
        """The run, locked. Rejected in any other state."""
        run = work.lock(BulkRun, self.run_id, called=CALLED)
        if run.state not in self.states:
            raise Rejected(
                f"This bulk action is in another state now: {run.state.label[0].lower()}{run.state.label[1:]}."
            )
        return run
