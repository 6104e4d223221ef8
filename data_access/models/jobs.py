"""Operations: leases, job runs with what could not be done, the demo's clock, and what was archived."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from data_access.models.base import Base, WrittenOnce


class RunState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


class Lease(Base):
    """Who runs a job now; nobody: "". `beats` rises with each sign of life: no clock has a say in it."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    holder: Mapped[str] = mapped_column(String(120))
    beats: Mapped[int] = mapped_column(default=0)


class JobRun(Base):
    """One run of a job: what it found, did, was refused and failed at. `as_of` is the moment that it judged by."""

    __tablename__ = "job_runs"
    __table_args__ = (Index("ix_job_runs_name", "name", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    holder: Mapped[str] = mapped_column(String(120))
    as_of: Mapped[datetime]
    started_at: Mapped[datetime]
    heartbeat_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    state: Mapped[RunState] = mapped_column(default=RunState.RUNNING)
    found: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)


class JobTrouble(Base):
    """What a run could not do for one customer, and why; `traceback` only where the reason is a fault of ours."""

    __tablename__ = "job_troubles"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("job_runs.id"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(400))
    traceback: Mapped[str] = mapped_column(Text, default="")


class DemoClock(Base):
    """How far the demo's clock has been moved ahead; one row."""

    __tablename__ = "demo_clock"

    id: Mapped[int] = mapped_column(primary_key=True)
    ahead_seconds: Mapped[int]


class Archive(WrittenOnce):
    """What was archived of a permanently terminated customer and deleted: the file, its digest, how many rows."""

    __tablename__ = "archives"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    command_id: Mapped[str] = mapped_column(
        ForeignKey("command_log.id", deferrable=True, initially="DEFERRED"), index=True
    )
    at: Mapped[datetime]
    file: Mapped[str] = mapped_column(String(400))
    digest: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int]
