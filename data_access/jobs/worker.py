"""The worker: repeatedly checks which jobs are due, and runs them."""

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from data_access.base.clock import Clock
from data_access.base.errors import Busy
from data_access.base.permissions import SYSTEM
from data_access.base.schedule import LANES, Job
from data_access.jobs.runner import Ran, SignOfLife, never, run_job
from data_access.jobs.table import WORK
from data_access.jobs.work import Work
from data_access.models.jobs import RunState
from data_access.store import job_leases
from data_access.store.access import Access
from data_access.store.job_leases import Holder

_LOG = logging.getLogger("customer_desk.worker")
LOOK_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 60.0
_NAP_SECONDS = 0.2
Report = Callable[[str], object]


def due_jobs(engine: Engine, now: datetime, works: dict[Job, Work] = WORK) -> list[Job]:
    """The jobs whose period is over, whose last run broke off or that people wait for, in the order of a round.

    A start that lies ahead was told by a clock that has been set back since: it puts nothing off.
    """
    starts = job_leases.last_starts(engine)
    rests = {job for job in Job if job in starts and now - job.period < starts[job] <= now}
    return [job for job in Job if job in works and (job not in rests or _is_asked_for(engine, works[job]))]


def _is_asked_for(engine: Engine, work: Work) -> bool:
    return work.is_asked_for is not None and work.is_asked_for(Access(engine, SYSTEM))


def round_of(
    engine: Engine,
    clock: Clock,
    holder: Holder,
    *,
    report: Report,
    is_told_to_stop: Callable[[], bool] = never,
    works: dict[Job, Work] = WORK,
) -> None:
    """Runs every job whose time has come, once, and whichever comes while another one is running."""
    _Round(engine, clock, holder, report, is_told_to_stop, works, clock()).run(works)


@dataclass(slots=True)
class _Round:
    """A round. A job that takes long lets the others have their turn, so that it makes none of them late."""

    engine: Engine
    clock: Clock
    holder: Holder
    report: Report
    is_told_to_stop: Callable[[], bool]
    works: dict[Job, Work]
    looked_at: datetime
    waiting: dict[Job, SignOfLife] = field(default_factory=dict)

    def run(self, works: dict[Job, Work]) -> None:
        for job in due_jobs(self.engine, self.clock(), works):
            if self.is_told_to_stop():
                return
            ran = run_job(
                self.engine, job, self.clock, self.holder, is_told_to_stop=self._is_over,
                meanwhile=partial(self._others, job), works=self.works,
            )  # fmt: skip
            if ran is not None and (ran.tally.found or ran.state is not RunState.DONE):
                told = {"job": job.value, "state": ran.state.value} | asdict(ran.tally)
                _LOG.info("%s", sentence(job, ran), extra=told)
                self.report(sentence(job, ran))

    def _is_over(self) -> bool:
        for alive in self.waiting.values():
            alive()
        return self.is_told_to_stop()

    def _others(self, job: Job, alive: SignOfLife) -> None:
        if self.clock() - self.looked_at < timedelta(seconds=LOOK_SECONDS):
            return
        self.looked_at = self.clock()
        self.waiting[job] = alive
        self.run({other: work for other, work in self.works.items() if other not in self.waiting})
        del self.waiting[job]


def work(
    engine: Engine,
    clock: Clock,
    holder: Holder,
    *,
    report: Report,
    is_told_to_stop: Callable[[], bool],
    works: dict[Job, Work] = WORK,
) -> None:
    """Rounds without end, in lanes: no job waits for those that call out (ruling 64), or that write files."""
    lanes = [{job: work for job, work in works.items() if job.lane == lane} for lane in LANES]
    fault = threading.Event()

    def is_over() -> bool:
        return fault.is_set() or is_told_to_stop()

    with ThreadPoolExecutor(len(lanes)) as threads:
        walks = [threads.submit(_rounds, engine, clock, holder, report, is_over, lane) for lane in lanes]
        wait(walks, return_when=FIRST_EXCEPTION)
        fault.set()
    for walk in walks:
        walk.result()


def _rounds(
    engine: Engine,
    clock: Clock,
    holder: Holder,
    report: Report,
    is_told_to_stop: Callable[[], bool],
    works: dict[Job, Work],
) -> None:
    """A database that does not answer is waited for, longer from time to time."""
    pause = LOOK_SECONDS
    while not is_told_to_stop():
        try:
            round_of(engine, clock, holder, report=report, is_told_to_stop=is_told_to_stop, works=works)
            pause = LOOK_SECONDS
        except (DBAPIError, Busy) as trouble:
            pause = min(pause * 2, LONGEST_WAIT_SECONDS)
            why = f"The database does not answer ({type(trouble).__name__}): next try in {pause:.0f} seconds."
            _LOG.warning("%s", why)
            report(why)
        _nap(pause, is_told_to_stop)


def _nap(seconds: float, is_told_to_stop: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not is_told_to_stop() and time.monotonic() < until:
        time.sleep(_NAP_SECONDS)


def sentence(job: Job, ran: Ran) -> str:
    """What a run came to, in words."""
    tally = ran.tally
    counts = f"{tally.found:,} found, {tally.done:,} done, {tally.refused:,} refused, {tally.failed:,} failed"
    return f"{job.label}: {ran.state.value}; {counts}."
