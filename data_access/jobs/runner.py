"""One run of a job: what is due, batch by batch, one command each, until it is done or told to stop."""

import logging
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from data_access.base.clock import Clock
from data_access.base.errors import Refusal
from data_access.base.permissions import SYSTEM
from data_access.base.schedule import Job
from data_access.jobs.table import WORK
from data_access.jobs.work import BATCH, TOGETHER, GoesOn, Work
from data_access.models.jobs import RunState
from data_access.store import job_leases
from data_access.store.access import Access
from data_access.store.job_leases import Holder, Tally

_LOG = logging.getLogger("customer_desk.jobs")
_BEATS_A_LEASE = 4


SignOfLife = Callable[[], bool]


def never() -> bool:
    """Nobody asks to stop."""
    return False


def nothing(_alive: SignOfLife) -> None:
    """Nobody else waits for a turn."""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run came to."""

    run_id: int
    state: RunState
    tally: Tally


def run_job(
    engine: Engine,
    job: Job,
    clock: Clock,
    holder: Holder,
    *,
    as_of: datetime | None = None,
    is_told_to_stop: Callable[[], bool] = never,
    meanwhile: Callable[[SignOfLife], object] = nothing,
    works: dict[Job, Work] = WORK,
) -> Ran | None:
    """Runs the job once; None when another holder runs it now.

    `as_of`: whom the run looks for, by default those of now. What it does to them, it does now. `meanwhile` is called
    between two of them, with what keeps the lease while others have their turn.
    """
    run_id = job_leases.begin_run(engine, job, holder, now=clock(), as_of=as_of or clock())
    if run_id is None:
        return None
    run = _Run(engine, job, works[job], clock, holder, run_id)
    state = run.walk(as_of, is_told_to_stop, meanwhile)
    job_leases.end_run(engine, run_id, job, holder, tally=run.tally, state=state, now=clock())
    return Ran(run_id, state, run.tally)


@dataclass(slots=True)
class _Run:
    engine: Engine
    job: Job
    work: Work
    clock: Clock
    holder: Holder
    run_id: int
    tally: Tally = field(default_factory=Tally)
    beaten_at: float = field(default_factory=time.monotonic)

    def walk(
        self, as_of: datetime | None, is_told_to_stop: Callable[[], bool], meanwhile: Callable[[SignOfLife], object]
    ) -> RunState:
        """Does all that is due; the state in which the run ends."""
        acts = Access(self.engine, SYSTEM, self.clock)
        looks = acts if as_of is None else Access(self.engine, SYSTEM, lambda: as_of)
        last = 0
        while ids := self._find(looks, last):
            for keys in self._shares(ids):
                if not self._goes_on(is_told_to_stop, meanwhile):
                    return RunState.STOPPED
                self.tally.found += len(keys)
                self._do_all(acts, keys, lambda: self._goes_on(is_told_to_stop, meanwhile))
            last = ids[-1]
        return RunState.FAILED if self.tally.failed else RunState.DONE

    def _find(self, access: Access, last: int) -> list[int]:
        try:
            return self.work.due(access, last, BATCH)
        except Exception as fault:
            self._keep_fault(0, fault)
            return []

    def _goes_on(
        self, is_told_to_stop: Callable[[], bool], meanwhile: Callable[[SignOfLife], object]
    ) -> bool:  # fmt: skip
        """What is asked within one that takes minutes, as it is between two of them."""
        meanwhile(self._is_still_mine)
        return not is_told_to_stop() and self._is_still_mine()

    def _shares(self, ids: list[int]) -> Iterator[list[int]]:
        """The ids in parts that are done in one transaction."""
        size = 1 if self.work.do_together is None else TOGETHER
        return (ids[first : first + size] for first in range(0, len(ids), size))

    def _do_all(self, access: Access, keys: list[int], goes_on: GoesOn) -> None:
        """Together where that is possible; where it fails for one, each for itself."""
        if self.work.do_together is not None and len(keys) > 1:
            try:
                self.work.do_together(access, keys)
            except Exception as trouble:  # whose it is shows when each is done for itself
                _LOG.info("One of %d could not be done.", len(keys), exc_info=trouble)
            else:
                self.tally.done += len(keys)
                return
        for key in keys:
            self._do(access, key, goes_on)

    def _do(self, access: Access, key: int, goes_on: GoesOn) -> None:
        """The row boundary: whatever is wrong with one is kept, and the others go on."""
        try:
            if self.work.lasting is None:
                self.work.do(access, key)
            else:
                self.work.lasting(access, key, goes_on)
        except Refusal as refusal:
            self.tally.refused += 1
            self._note(key, str(refusal))
        except Exception as fault:
            self._keep_fault(key, fault)
            if self.work.keep_fault is not None:
                self.work.keep_fault(access, key)
        else:
            self.tally.done += 1

    def _keep_fault(self, key: int, fault: Exception) -> None:
        if isinstance(fault, DBAPIError) and fault.connection_invalidated:
            raise fault  # the database is away: nothing is wrong with this one
        self.tally.failed += 1
        _LOG.error("A fault of the program stopped it.", exc_info=fault, extra={"job": self.job.value, "key": key})
        message = "".join(traceback.format_exception(fault))
        self._note(key, f"A fault of the program stopped it: {type(fault).__name__}.", message)

    def _note(self, key: int, reason: str, traceback: str = "") -> None:
        about = (self.work.about, key)
        job_leases.note_trouble(self.engine, self.run_id, about, now=self.clock(), reason=reason, traceback=traceback)

    def _is_still_mine(self) -> bool:
        """A sign of life, now and then; whoever was away for too long has lost the job to another."""
        if time.monotonic() - self.beaten_at < self.holder.seconds / _BEATS_A_LEASE:
            return True
        self.beaten_at = time.monotonic()
        return job_leases.beat(self.engine, self.run_id, self.job, self.holder, tally=self.tally, now=self.clock())
