"""`python -m bench.planned`: planned changes of 100,000 customers, of whom 3,000 are to be suspended on one day."""

import time
from datetime import UTC, datetime

from bench.collection import CUSTOMERS, fill, on_both
from data_access.base.engine import make_engine
from data_access.base.permissions import SYSTEM
from data_access.base.schedule import Job
from data_access.jobs.runner import run_job
from data_access.queries.planned.planned import PeriodsClosing, PlannedChanges
from data_access.store.access import Access
from data_access.store.job_leases import Holder

_MOST = 1000  # as the page asks
DAYS = (7, 14, 30, 90, 365)
NOW = datetime(2026, 2, 18, 9, tzinfo=UTC)


def main(url: str) -> None:
    """Fills a database, and prints a line a horizon."""
    engine = make_engine(url)
    fill(engine)
    run_job(engine, Job.FORESEE, lambda: NOW, Holder("bench"))
    access = Access(engine, SYSTEM, lambda: NOW)
    for days in DAYS:
        begun, worked = time.perf_counter(), time.process_time()
        found = access.fetch(PlannedChanges(days, limit=_MOST))
        access.fetch(PeriodsClosing(days))
        print(
            f"planned changes, {engine.dialect.name}: {CUSTOMERS:,} customers, {days} days ahead, "
            f"{len(found.rows):,} rows, {time.perf_counter() - begun:.2f} s, "
            f"{time.process_time() - worked:.2f} s of it in this process"
        )
    engine.dispose()


if __name__ == "__main__":
    on_both(main)
