"""The worker: looks again and again which jobs' time has come, and runs them."""

import time
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from data_access import running
from data_access.clock import Clock
from data_access.errors import Busy
from data_access.jobs.runner import Ran, never, run_job
from data_access.jobs.table import WORK
from data_access.jobs.work import Work
from data_access.models.running import RunState
from data_access.running import Holder
from data_access.schedule import Job

LOOK_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 60.0
_NAP_SECONDS = 0.2
Told = Callable[[str], object]


def due_jobs(engine: Engine, now: datetime, works: dict[Job, Work] = WORK) -> list[Job]:
    """The jobs whose period is over, in the order of a round."""
    starts = running.last_starts(engine)
    return [job for job in Job if job in works and (job not in starts or starts[job] + job.period <= now)]


def round_of(
    engine: Engine,
    clock: Clock,
    holder: Holder,
    *,
    told: Told,
    is_told_to_stop: Callable[[], bool] = never,
    works: dict[Job, Work] = WORK,
) -> None:
    """Runs every job whose time has come, once."""
    for job in due_jobs(engine, clock(), works):
        if is_told_to_stop():
            return
        ran = run_job(engine, job, clock, holder, is_told_to_stop=is_told_to_stop, works=works)
        if ran is not None and (ran.tally.found or ran.state is not RunState.DONE):
            told(sentence(job, ran))


def work(engine: Engine, clock: Clock, holder: Holder, *, told: Told, is_told_to_stop: Callable[[], bool]) -> None:
    """Rounds without end; a database that does not answer is waited for, longer from time to time."""
    wait = LOOK_SECONDS
    while not is_told_to_stop():
        try:
            round_of(engine, clock, holder, told=told, is_told_to_stop=is_told_to_stop)
            wait = LOOK_SECONDS
        except (DBAPIError, Busy) as trouble:
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)
            told(f"The database does not answer ({type(trouble).__name__}): next try in {wait:.0f} seconds.")
        _nap(wait, is_told_to_stop)


def _nap(seconds: float, is_told_to_stop: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not is_told_to_stop() and time.monotonic() < until:
        time.sleep(_NAP_SECONDS)


def sentence(job: Job, ran: Ran) -> str:
    """What a run came to, in words."""
    tally = ran.tally
    counts = f"{tally.found:,} found, {tally.done:,} done, {tally.refused:,} refused, {tally.failed:,} failed"
    return f"{job.label}: {ran.state.value}; {counts}."
