"""The write path of jobs: leases, runs and what could not be done. Business data is never written here."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Engine, Update, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from data_access.base.engine import Door, read_turn, write_turn
from data_access.base.schedule import Job
from data_access.models.base import Base
from data_access.models.customers import Customer
from data_access.models.jobs import JobRun, JobTrouble, Lease, RunState

LEASE_SECONDS = 60.0
REASON_LENGTH = 400
EMPTY_RUNS_KEPT, RUNS_KEPT = timedelta(days=2), timedelta(days=90)
PRUNED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds leases, and after how many seconds without a sign of life another's lease is free.

    The seconds are counted from the first look at that sign, by a clock of its own that nobody can set: two machines
    need not agree on the time, and a time that was set wrong and right again stops nothing.
    """

    name: str
    seconds: float = LEASE_SECONDS
    clock: Callable[[], float] = time.monotonic
    _seen: dict[Job, tuple[str, int, float]] = field(default_factory=dict)

    def may_take(self, job: Job, holder: str, beats: int) -> bool:
        """Whether the job's lease is free: nobody's, one's own of a run that broke off, or silent for too long."""
        *sign, since = self._seen.get(job, ("", 0, 0.0))
        if sign != [holder, beats]:
            since = self.clock()
            self._seen[job] = (holder, beats, since)
        return holder in ("", self.name) or self.clock() - since >= self.seconds


@dataclass(slots=True)
class Tally:
    """What a run has come to so far."""

    found: int = 0
    done: int = 0
    refused: int = 0
    failed: int = 0


@contextmanager
def job_door(engine: Engine) -> Iterator[Session]:
    with write_turn(engine), Session(engine.execution_options(door=Door(is_open=True))) as session, session.begin():
        yield session


def begin_run(engine: Engine, job: Job, holder: Holder, *, now: datetime, as_of: datetime) -> int | None:
    """The id of a new run that holds the job's lease; None while another holder works on it.

    A run of the job that has not ended was killed: its lease is free, so it is marked as stopped.
    """
    beats = _free_lease(engine, job, holder)
    if beats is None:
        return None
    with job_door(engine) as session:
        if not _take_lease(session, job, holder, beats):
            return None
        killed = update(JobRun).where(JobRun.name == job, JobRun.state == RunState.RUNNING)
        session.execute(killed.values(state=RunState.STOPPED, ended_at=JobRun.heartbeat_at))
        run = JobRun(name=job.value, holder=holder.name, as_of=as_of, started_at=now, heartbeat_at=now)
        session.add(run)
        session.flush()
        return run.id


def _free_lease(engine: Engine, job: Job, holder: Holder) -> int | None:
    """How many signs of life the job's lease has seen, if it may be taken."""
    with Session(engine) as session:
        lease = session.execute(select(Lease.holder, Lease.beats).where(Lease.name == job)).one_or_none()
    if lease is not None:
        return int(lease.beats) if holder.may_take(job, lease.holder, lease.beats) else None
    with suppress(IntegrityError), job_door(engine) as session:  # two workers at once: one of them lays it out
        session.add(Lease(name=job.value, holder="", beats=0))
    return 0


def _take_lease(session: Session, job: Job, holder: Holder, beats: int) -> bool:
    """Compare and swap: of two that try at once, the second finds another number."""
    free = update(Lease).where(Lease.name == job, Lease.beats == beats)
    return _changed(session.execute(free.values(holder=holder.name, beats=beats + 1)))


def beat(engine: Engine, run_id: int, job: Job, holder: Holder, *, tally: Tally, now: datetime) -> bool:
    """A sign of life of the run: the lease is renewed. False when someone else holds it by now."""
    with job_door(engine) as session:
        mine = update(Lease).where(Lease.name == job, Lease.holder == holder.name)
        if not _changed(session.execute(mine.values(beats=Lease.beats + 1))):
            return False
        session.execute(update(JobRun).where(JobRun.id == run_id).values(heartbeat_at=now, **asdict(tally)))
        return True


def end_run(
    engine: Engine, run_id: int, job: Job, holder: Holder, *, tally: Tally, state: RunState, now: datetime
) -> None:
    """The run's last word: its state and its counts. The lease is free again."""
    with job_door(engine) as session:
        mine = update(Lease).where(Lease.name == job, Lease.holder == holder.name)
        session.execute(mine.values(holder="", beats=Lease.beats + 1))
        ended = update(JobRun).where(JobRun.id == run_id)
        session.execute(ended.values(state=state, heartbeat_at=now, ended_at=now, **asdict(tally)))


def note_trouble(
    engine: Engine, run_id: int, about: tuple[type[Base], int], *, now: datetime, reason: str, traceback: str = ""
) -> None:
    """Keeps what a run could not do, and for which customer; what the job could not do before is kept once."""
    with job_door(engine) as session:
        customer_id = _customer_of(session, *about)
        told = {"run_id": run_id, "at": now, "traceback": traceback}
        again = _same_trouble(run_id, customer_id, reason[:REASON_LENGTH])
        if not _changed(session.execute(again.values(told).execution_options(synchronize_session=False))):
            session.add(JobTrouble(customer_id=customer_id, reason=reason[:REASON_LENGTH], **told))


def _same_trouble(run_id: int, customer_id: int | None, reason: str) -> Update:
    job = select(JobRun.name).where(JobRun.id == run_id).scalar_subquery()
    return update(JobTrouble).where(
        JobTrouble.run_id.in_(select(JobRun.id).where(JobRun.name == job)),
        JobTrouble.customer_id.is_not_distinct_from(customer_id),
        JobTrouble.reason == reason,
    )


def _customer_of(session: Session, model: type[Any], key: int) -> int | None:
    column = Customer.id if model is Customer else getattr(model, "customer_id", None)
    return None if column is None else session.scalar(select(column).where(model.id == key))


def last_starts(engine: Engine) -> dict[str, datetime]:
    """When each job was begun last, if that run came to its end; a job whose last run did not is left out."""
    newest = select(func.max(JobRun.id)).group_by(JobRun.name)
    ended = JobRun.state.in_((RunState.DONE, RunState.FAILED))
    with read_turn(engine), Session(engine) as session:
        starts = select(JobRun.name, JobRun.started_at).where(JobRun.id.in_(newest), ended)
        return {row[0]: row[1] for row in session.execute(starts)}


def last_sign_of_life(engine: Engine) -> datetime | None:
    """When any job was begun or gave a sign of life last; None where no worker has ever worked."""
    with read_turn(engine), Session(engine) as session:
        return session.scalar(select(func.max(JobRun.heartbeat_at)))


def prune(engine: Engine, now: datetime) -> int:
    """Deletes runs that nobody looks at any more, with their troubles; how many went. The last of a job stays."""
    found_nothing = (JobRun.found == 0) & (JobRun.failed == 0) & (JobRun.started_at < now - EMPTY_RUNS_KEPT)
    is_old = (JobRun.state != RunState.RUNNING) & (found_nothing | (JobRun.started_at < now - RUNS_KEPT))
    newest = select(func.max(JobRun.id)).group_by(JobRun.name)
    with job_door(engine) as session:
        old = session.scalars(select(JobRun.id).where(is_old, JobRun.id.not_in(newest)).limit(PRUNED_AT_ONCE)).all()
        session.execute(delete(JobTrouble).where(JobTrouble.run_id.in_(old)))
        session.execute(delete(JobRun).where(JobRun.id.in_(old)))
    return len(old)


def _changed(result: Any) -> bool:
    assert isinstance(result, CursorResult)
    return result.rowcount > 0
