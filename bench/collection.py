"""`python -m bench.collection`: a daily run of collection over 100,000 customers, of whom 3,000 are due."""

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from data_access.base.bookings import Kind
from data_access.base.engine import make_engine
from data_access.base.permissions import SYSTEM
from data_access.base.schedule import Job
from data_access.domain.billing.ledger import Books
from data_access.domain.collections.policy import Policy, first_versions
from data_access.jobs.runner import Ran, run_job
from data_access.migrations import upgrade
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.collection import CollectionPolicy
from data_access.models.customers import BalanceControl, Customer
from data_access.store.access import new_command_id
from data_access.store.audit_trail import CommandHeader
from data_access.store.bulk import BulkLoad, bulk_load
from data_access.store.job_leases import Holder
from tests.support.postgres import running_server

CUSTOMERS, DEBTORS = 100_000, 3_000
BATCH = 5_000
BEFORE = datetime(2026, 1, 1, tzinfo=UTC)
ISSUED_ON, DUE_ON = date(2026, 2, 1), date(2026, 2, 15)
RUN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def fill(engine: Engine) -> None:
    """A new database with all of them in one class, the debtors spread evenly; they are to be suspended by the run."""
    upgrade(engine)
    with _load(engine) as load:
        load.insert(CustomerClass, [{"id": 1, "name": "All", "name_key": "all", "business_model": "Residential"}])
        terms = Policy(late_fee=Decimal(5), suspend_after=7)
        load.insert(
            CollectionPolicy, first_versions(1, terms, command_id=load.order.command_id, at=BEFORE, login="system")
        )
        load.complete({})
    for first in range(0, CUSTOMERS, BATCH):
        with _load(engine) as load:
            _arrive(load, list(range(first, min(first + BATCH, CUSTOMERS))))
            load.complete({})


def _load(engine: Engine) -> Any:
    return bulk_load(engine, SYSTEM, CommandHeader(new_command_id(), "Measure", "", "to be measured", lambda: BEFORE))


def _arrive(load: BulkLoad, numbers: list[int]) -> None:
    rows = [_customer(number) for number in numbers]
    load.reserve(Customer, rows)
    lines = count(1)
    books = [Books(row["id"], "EUR", "UTC", load.order.command_id, lines, 1) for row in rows]
    for number, own in zip(numbers, books, strict=True):
        if number % (CUSTOMERS // DEBTORS) == 0 and number // (CUSTOMERS // DEBTORS) < DEBTORS:
            own.book(Kind.INVOICED_CHARGE, Decimal(100), value_on=ISSUED_ON, at=BEFORE)
            own.issue(f"R{number:06}", Decimal(100), issued_on=ISSUED_ON, due_on=DUE_ON, at=BEFORE)
    load.insert(Customer, [row | own.summaries() for row, own in zip(rows, books, strict=True)])
    load.keep(books)


def _customer(number: int) -> dict[str, Any]:
    code = f"C{number:06}"
    return {
        "customer_code": code, "customer_code_key": code.lower(), "name_key": code.lower(), "customer_class_id": 1,
        "balance_control": BalanceControl.POSTPAID, "currency": "EUR", "created_at": BEFORE,
        "email": f"{code}@example.org", "email_key": f"{code}@example.org".lower(),
    }  # fmt: skip


def measure(engine: Engine) -> tuple[Ran, float]:
    """The run, and how many seconds it took."""
    begun = time.perf_counter()
    ran = run_job(engine, Job.COLLECT, lambda: RUN, Holder("bench"))
    if ran is None:
        raise RuntimeError("another holder runs collection on this database")
    return ran, time.perf_counter() - begun


def told(url: str) -> str:
    """One line about a run over a database that was filled, and the most memory that this process ever took."""
    engine = make_engine(url)
    ran, seconds = measure(engine)
    engine.dispose()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"collection, {engine.dialect.name}: {CUSTOMERS:,} customers, {ran.tally.found:,} due, "
        f"{ran.tally.done:,} done, {ran.tally.failed:,} failed, {seconds:.1f} s, "
        f"{time.process_time():.1f} s of it in the processor, {peak:.0f} MB at most"
    )


def main(url: str) -> None:
    """Fills a database, and runs in a process of its own: its memory is that of the run alone."""
    engine = make_engine(url)
    fill(engine)
    engine.dispose()
    subprocess.run([sys.executable, "-m", "bench.collection", url], check=True)


def on_both(main: Callable[[str], None]) -> None:
    """Measures on a file, and on a server that is there for it."""
    with tempfile.TemporaryDirectory(prefix="desk-bench-") as folder:
        main(f"sqlite:///{Path(folder) / 'bench.db'}")
    with running_server() as server:
        server.order("CREATE DATABASE bench")
        main(server.url("bench"))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(told(sys.argv[1]))
    else:
        on_both(main)
