"""The subcommands `worker`, and `jobs` to list and run them."""

import logging
import os
import signal
import socket
import threading
import time
from argparse import ArgumentTypeError, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine

from data_access.base.clock import Clock, start_of
from data_access.base.errors import Rejected
from data_access.base.permissions import SYSTEM, Permission
from data_access.base.running import logs
from data_access.base.schedule import Job
from data_access.base.settings import settings
from data_access.cli.calls import DONE, REFUSED, named, refuse_old_schema, signed_by, verb
from data_access.imports.kept.carrying import EVERY_WORK
from data_access.jobs import worker
from data_access.jobs.runner import Ran, run_job
from data_access.jobs.work import BATCH
from data_access.jobs.worker import round_of, sentence
from data_access.queries.jobs.jobs import JobRow, ListJobs
from data_access.store.access import Access
from data_access.store.job_leases import Holder

_LOG = logging.getLogger("customer_desk.worker")
_LOOK_SECONDS = 0.2


def add_verbs(verbs: Any) -> None:
    """The parsers of these verbs."""
    working = verb(verbs.add_parser("worker", help="run the automatic jobs until stopped"), _worker)
    working.add_argument("--once", action="store_true", help="run what is due now, and exit")
    working.add_argument("--beside", type=int, metavar="PID", help="exit when this process, which started it, is gone")
    jobs = verbs.add_parser("jobs", help="list and run automatic jobs").add_subparsers(required=True, metavar="COMMAND")
    signed_by(verb(jobs.add_parser("list", help="show the state of every job; exit code 1 if one is late"), _list))
    running = verb(jobs.add_parser("run", help="run a job now"), _run)
    running.add_argument("name", choices=[job.value for job in Job], help="which job")
    running.add_argument("--as-of", type=_a_day, metavar="DATE", help="include what is due by the end of this day, UTC")
    running.add_argument("--dry-run", action="store_true", help="show how much is due, and write nothing")
    signed_by(running)


def a_holder() -> Holder:
    """This process, told apart from every other."""
    return Holder(f"{socket.gethostname()[:60]}-{os.getpid()}-{uuid4().hex[:8]}")


def _worker(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    refuse_old_schema(engine)
    logs.configure(settings())
    tell, report = (_LOG.info, _not_twice) if settings().is_production else (_tell, _tell)
    with _told_to_stop() as stop:

        def is_over() -> bool:
            return stop.is_set() or chosen.beside not in (None, os.getppid())

        if chosen.once:
            round_of(engine, clock, a_holder(), report=_tell, is_told_to_stop=is_over, works=EVERY_WORK)
        else:
            tell("The worker is running; Ctrl+C stops it.")
            worker.work(engine, clock, a_holder(), report=report, is_told_to_stop=is_over, works=EVERY_WORK)
            tell("The worker has stopped.")
    return DONE


@contextmanager
def _told_to_stop() -> Iterator[threading.Event]:
    """Set by SIGTERM and SIGINT: what is being done then is done to its end."""
    stop = threading.Event()
    before = {kind: signal.signal(kind, lambda *_: stop.set()) for kind in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def _not_twice(_line: str) -> None:
    """In production the log has it."""


def _tell(line: str) -> None:
    print(line, flush=True)


def _list(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    rows = named(chosen, engine, clock).fetch(ListJobs())
    print("\n".join(_line(row) for row in rows))
    return REFUSED if any(row.is_late or row.has_failed for row in rows) else DONE


def _line(row: JobRow) -> str:
    if row.last is None:
        return f"{row.job.value}: never run"
    last = row.last
    counts = {name: getattr(last, name) for name in ("found", "done", "refused", "failed")}
    told = ", ".join(f"{count} {name}" for name, count in counts.items() if count is not None)
    late = ", late" if row.is_late else ""
    began = f"{row.job.value}: {last.state.value} {last.started_at:%Y-%m-%d %H:%M} UTC{late}"
    return f"{began}; {told}" if told else began


def _run(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    named(chosen, engine, clock).actor.require(Permission.JOB_RUN)
    job, now = next(job for job in Job if job == chosen.name), clock()
    moment = now if chosen.as_of is None else start_of(chosen.as_of + timedelta(days=1), "UTC")
    if chosen.dry_run:
        _tell(f"{job.label}: {_count_due(engine, job, moment):,} due. Nothing was done: this was a dry run.")
        return DONE
    if moment > now and chosen.as_of != now.date():
        raise Rejected("Jobs do their work on the day it is due: a run can look ahead with --dry-run only.")
    ran = _ran_in_turn(engine, job, clock, min(moment, now))
    _tell(sentence(job, ran))
    return REFUSED if ran.tally.refused or ran.tally.failed else DONE


def _ran_in_turn(engine: Engine, job: Job, clock: Clock, as_of: datetime) -> Ran:
    """Waits for another run to end, or to be silent for as long as a lease lasts: it may have been killed."""
    holder = a_holder()
    patience = holder.clock() + holder.seconds
    while (ran := run_job(engine, job, clock, holder, as_of=as_of, works=EVERY_WORK)) is None:
        if holder.clock() > patience:
            raise Rejected("The job is being run by a worker now: look again when it has ended.")
        time.sleep(_LOOK_SECONDS)
    return ran


def _count_due(engine: Engine, job: Job, moment: datetime) -> int:
    """By batches, so that any number is counted in bounded memory."""
    work, looks, count, last = EVERY_WORK[job], Access(engine, SYSTEM, lambda: moment), 0, 0
    if work.waiting is not None:
        return work.waiting(looks)
    while ids := work.due(looks, last, BATCH):
        count, last = count + len(ids), ids[-1]
    return count


def _a_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise ArgumentTypeError("give a day as 2026-12-31") from wrong
