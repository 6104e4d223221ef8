"""The jobs as shown to people: the state of each, its runs, and what could not be done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import Select, func, null

from data_access.base.permissions import Permission
from data_access.base.schedule import Job
from data_access.models.customers import Customer
from data_access.models.jobs import JobRun, JobTrouble, RunState
from data_access.store.access import Query, Reader
from data_access.store.scope import visible

_SILENT_AFTER = timedelta(minutes=3)
_COLUMNS = (
    JobRun.id, JobRun.name, JobRun.as_of, JobRun.started_at, JobRun.heartbeat_at, JobRun.ended_at, JobRun.state,
)  # fmt: skip
_COUNTS = JobRun.found, JobRun.done, JobRun.refused, JobRun.failed


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run of a job. How much it found and did counts everybody's customers: None to who sees one reseller's."""

    id: int
    name: str
    as_of: datetime
    started_at: datetime
    heartbeat_at: datetime
    ended_at: datetime | None
    state: RunState
    found: int | None
    done: int | None
    refused: int | None
    failed: int | None

    @property
    def seconds(self) -> float:
        """How long it took, or has taken so far."""
        return ((self.ended_at or self.heartbeat_at) - self.started_at).total_seconds()

    def is_alive(self, now: datetime) -> bool:
        return self.state is RunState.RUNNING and now - self.heartbeat_at <= _SILENT_AFTER


@dataclass(frozen=True, slots=True)
class JobRow:
    """How a job stands. `last` None: it has never run."""

    job: Job
    last: RunRow | None
    next_at: datetime | None
    is_late: bool

    @property
    def has_failed(self) -> bool:
        return self.last is not None and self.last.state is RunState.FAILED


@dataclass(frozen=True, slots=True)
class TroubleRow:
    """What a run could not do. `customer_id` None: it is about no customer, or about one that one may not see."""

    at: datetime
    job: str
    customer_id: int | None
    customer_code: str
    reason: str
    is_fault: bool


@dataclass(frozen=True)
class ListJobs(Query[tuple[JobRow, ...]]):
    """Every job in the order of a round, with its last run; late after twice its period without one.

    For a job that has never run the time counts from the first run of any.
    """

    needs: ClassVar = Permission.JOB_READ

    def run(self, reader: Reader) -> tuple[JobRow, ...]:
        newest = visible(JobRun, reader.actor).with_only_columns(func.max(JobRun.id)).group_by(JobRun.name)
        query = visible(JobRun, reader.actor).where(JobRun.id.in_(newest)).order_by(JobRun.id)
        last = {row.name: row for row in _runs(reader, query)}
        first = reader.session.scalar(visible(JobRun, reader.actor).with_only_columns(func.min(JobRun.started_at)))
        return tuple(_stands(job, last.get(job.value), first, reader.now) for job in Job)


def _stands(job: Job, last: RunRow | None, first: datetime | None, now: datetime) -> JobRow:
    since = first if last is None else last.started_at
    is_alive = last is not None and last.is_alive(now)
    is_late = since is None or (now > since + 2 * job.period and not is_alive)
    return JobRow(job, last, None if last is None else last.started_at + job.period, is_late)


@dataclass(frozen=True)
class RunsOf(Query[tuple[RunRow, ...]]):
    """The last runs of a job that found something or failed, newest first; to who sees one reseller's, all runs."""

    needs: ClassVar = Permission.JOB_READ

    job: Job
    limit: int = 50

    def run(self, reader: Reader) -> tuple[RunRow, ...]:
        told = (JobRun.found > 0) | JobRun.state.in_((RunState.FAILED, RunState.STOPPED))
        of_job = visible(JobRun, reader.actor).where(JobRun.name == self.job)
        query = of_job.where(told) if reader.actor.reseller_id is None else of_job
        return _runs(reader, query.order_by(JobRun.started_at.desc(), JobRun.id.desc()).limit(self.limit))


def _runs(reader: Reader, query: Select[JobRun]) -> tuple[RunRow, ...]:
    sees_all = reader.actor.reseller_id is None
    counts = _COUNTS if sees_all else [null().label(count.key) for count in _COUNTS]
    rows = reader.session.execute(query.with_only_columns(*_COLUMNS, *counts)).mappings()
    return tuple(RunRow(**row) for row in rows)


@dataclass(frozen=True)
class JobTroubles(Query[tuple[TroubleRow, ...]]):
    """What runs could not do, newest first; of one job, or of all."""

    needs: ClassVar = Permission.JOB_READ

    job: Job | None = None
    limit: int = 100

    def run(self, reader: Reader) -> tuple[TroubleRow, ...]:
        query = (
            visible(JobTrouble, reader.actor)
            .join(JobRun, JobRun.id == JobTrouble.run_id)
            .outerjoin(Customer, Customer.id == JobTrouble.customer_id)
            .where(*([] if self.job is None else [JobRun.name == self.job]))
            .with_only_columns(
                JobTrouble.at, JobRun.name.label("job"), Customer.id.label("customer_id"),
                func.coalesce(Customer.customer_code, "").label("customer_code"), JobTrouble.reason,
                (JobTrouble.traceback != "").label("is_fault"),
            )
            .order_by(JobTrouble.at.desc(), JobTrouble.id.desc())
            .limit(self.limit)
        )  # fmt: skip
        return tuple(TroubleRow(**row) for row in reader.session.execute(query).mappings())
