"""Workers that are killed: each runs every job in a process of its own, and ends by SIGKILL before a commit.

What they leave behind is compared with what an undisturbed worker leaves.
"""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import count
from multiprocessing.context import ForkServerProcess
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Table, event, select
from sqlalchemy.orm import Session

from data_access.base.engine import make_engine, spare_the_disk
from data_access.base.money import ZERO
from data_access.base.permissions import SYSTEM
from data_access.base.schedule import Job
from data_access.base.statuses import BillStatus
from data_access.commands.billing.invoices import RequestMidterm
from data_access.commands.collections.promises import MakePromise
from data_access.commands.customers.limits import RaiseLimit
from data_access.commands.customers.status import PlanMove
from data_access.imports.kept.carrying import EVERY_WORK
from data_access.jobs.runner import run_job
from data_access.migrations.every_table import every_table
from data_access.models.customers import Customer
from data_access.models.jobs import RunState
from data_access.seed.demo import seed
from data_access.store.access import Access, new_command_id
from data_access.store.job_leases import Holder
from tests.support.forks import END_SECONDS, forked
from tests.support.people import NOW

LATER = NOW + timedelta(days=33)  # every period has ended once by then, and much has become due
OF_THE_MACHINE = {
    "leases", "job_runs", "job_troubles", "demo_clock", "command_log", "change", "personal_values", "alembic_version",
}  # fmt: skip
UNLIKE_EACH_TIME = {"id", "command_id", "number", "key", "payload"}
JOBS = [job for job in EVERY_WORK if job is not Job.TIDY]  # which tidies by the real clock


def arrange(engine: Engine, customers: int) -> None:
    """Customers of the demo for whom something of every kind becomes due within the month."""
    spare_the_disk(engine)
    seed(engine, customers, lambda: NOW)
    access = Access(engine, SYSTEM, lambda: NOW)
    running = _ids(engine, Customer.bill_status == BillStatus.OPEN)
    suspended = _ids(engine, Customer.bill_status == BillStatus.SUSPENDED)
    limited = _ids(engine, Customer.bill_status == BillStatus.OPEN, Customer.credit_limit > ZERO)
    orders: list[Any] = [
        RequestMidterm(customer_id=running[0], reason="asked for", command_id=new_command_id()),
        PlanMove(
            customer_id=running[-1], move="provisionally_terminate", due_on=(NOW + timedelta(days=3)).date(),
            reason="moves away", command_id=new_command_id(),
        ),
        RaiseLimit(
            customer_id=limited[0], until=NOW + timedelta(days=5), amount=Decimal(10), reason="paid by cheque",
            command_id=new_command_id(),
        ),
        *(
            MakePromise(
                customer_id=key, amount=Decimal(1), due_on=(NOW + timedelta(days=4)).date(), reason="will pay",
                command_id=new_command_id(),
            )
            for key in suspended[:1]
        ),
    ]  # fmt: skip
    for order in orders:
        access.execute(order)


def _ids(engine: Engine, *conditions: ColumnElement[bool]) -> list[int]:
    with Session(engine) as session:
        return list(session.scalars(select(Customer.id).where(*conditions).order_by(Customer.id)))


@dataclass(frozen=True, slots=True)
class Death:
    """Before which commit a worker dies, counted from 1; only those of commands count, or all."""

    at: int
    commands_only: bool = True


def start(
    url: str, lease_seconds: float, death: Death | None = None, jobs: Sequence[Job] = JOBS
) -> ForkServerProcess:  # fmt: skip
    """A worker that runs these jobs, all unless told, until nothing is due."""
    return forked(_work, url, lease_seconds, death, jobs)


def end(process: ForkServerProcess) -> bool:
    """Waits for it; whether it was killed."""
    process.join(END_SECONDS)
    code = process.exitcode
    assert code in (0, -signal.SIGKILL), f"a worker ended with {code}"
    return code != 0


def _work(url: str, lease_seconds: float, death: Death | None, jobs: Sequence[Job]) -> None:
    engine = make_engine(url)
    spare_the_disk(engine)
    if death is not None:
        _on_commit(engine, _killing(death.at), commands_only=death.commands_only)
    run_to_the_end(engine, lease_seconds, jobs)
    engine.dispose()


def commits_of(engine: Engine, *, commands_only: bool = True) -> int:
    """How many commits a worker makes that nobody disturbs."""
    made: list[int] = []
    _on_commit(engine, lambda: made.append(1), commands_only=commands_only)
    run_to_the_end(engine)
    return len(made)


def _on_commit(engine: Engine, act: Callable[[], object], *, commands_only: bool) -> None:
    def marks(conn: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("INSERT INTO command_log"):
            conn.info["is_command"] = True

    def commits(conn: Connection) -> None:
        if conn.info.pop("is_command", False) or not commands_only:
            act()

    event.listen(engine, "before_cursor_execute", marks)
    event.listen(engine, "commit", commits)


def _killing(at: int) -> Callable[[], None]:
    commits = count(1)

    def kill() -> None:
        if next(commits) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    return kill


def run_to_the_end(engine: Engine, lease_seconds: float = 60, jobs: Sequence[Job] = JOBS) -> int:
    """Round after round until one finds nothing; how many things were done."""
    holder, done = Holder(f"doomed-{os.getpid()}-{time.monotonic_ns()}", lease_seconds), 0
    while found := sum(_run(engine, job, holder) for job in jobs):
        done += found
    return done


def _run(engine: Engine, job: Job, holder: Holder) -> int:
    """A job that another holds is waited for: in every order of the jobs what comes out would be right, but other."""
    while (
        ran := run_job(engine, job, lambda: LATER, holder, works=EVERY_WORK)
    ) is None or ran.state is RunState.STOPPED:
        time.sleep(0.02)
    assert ran.state is RunState.DONE
    return ran.tally.done


def left_behind(engine: Engine) -> dict[str, Counter[tuple[str, ...]]]:
    """All rows of the business, without what differs each time it is done: ids, and who came first in a series."""
    with engine.connect() as connection:
        return {
            table.name: Counter(tuple(str(value) for value in row) for row in connection.execute(select(*_told(table))))
            for table in every_table().sorted_tables
            if table.name not in OF_THE_MACHINE
        }


def _told(table: Table) -> list[Any]:
    return [
        column
        for column in table.columns
        if column.name not in UNLIKE_EACH_TIME
        and not any(key.column.table.name in ("invoices", "transactions") for key in column.foreign_keys)
    ]


def invoice_numbers(engine: Engine) -> list[str]:
    """All numbers, in order: whoever got which, none is missing."""
    table = every_table().tables["invoices"]
    with engine.connect() as connection:
        return sorted(connection.scalars(select(table.c.number)))
