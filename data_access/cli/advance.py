"""The subcommand that moves a demo's clock forward: day by day, with every job and with customers who pay."""

from argparse import Namespace
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine

from data_access.base.clock import Clock
from data_access.base.engine import spare_the_disk
from data_access.base.errors import Rejected
from data_access.base.permissions import SYSTEM
from data_access.base.settings import Settings
from data_access.cli.calls import DONE, a_count, verb
from data_access.cli.jobs import a_holder
from data_access.domain.moves import MOVES
from data_access.imports.kept.carrying import EVERY_WORK
from data_access.jobs.runner import run_job
from data_access.jobs.worker import due_jobs, round_of
from data_access.migrations import upgrade
from data_access.queries.jobs.activity_since import HappenedSince, LastWritten
from data_access.seed.demo import seed
from data_access.seed.payers import pay
from data_access.store.access import Access
from data_access.store.demo_clock import DemoTime
from data_access.store.job_leases import Holder
from data_access.store.sign_ins import has_people

STEPS_A_DAY = 4
_MOST_DAYS = 3660
_PAYING_STEP = 2  # about noon of the day that began with the call


def add_verb(verbs: Any) -> None:
    """The parser of this verb."""
    moving = verb(verbs.add_parser("advance", help="move the demo's clock forward, and run what becomes due"), _advance)
    moving.add_argument("--days", type=a_count(_MOST_DAYS), required=True, metavar="N", help="how many days")
    moving.add_argument(
        "--customers",
        type=a_count(1_000_000),
        default=1000,
        metavar="N",
        help="how many to create if the demo is empty",
    )


def _advance(chosen: Namespace, engine: Engine, clock: Clock) -> int:
    if not (isinstance(clock, DemoTime) and Settings().is_demo):
        raise Rejected("Only the clock of a demo can be moved: set APP_ENV=demo on a database that holds one.")
    spare_the_disk(engine)
    upgrade(engine)
    if not has_people(engine):
        seed(engine, chosen.customers, clock, with_demo_people=True)
    for line in advance(engine, clock, chosen.days, a_holder()):
        print(line, flush=True)
    return DONE


def advance(engine: Engine, time: DemoTime, days: int, holder: Holder) -> Iterator[str]:
    """Moves on by a quarter of a day at a time; each day is told when it is over."""
    access = Access(engine, SYSTEM, time)
    for _ in range(days):
        mark = access.fetch(LastWritten())
        for step in range(STEPS_A_DAY):
            time.move_ahead(timedelta(days=1) / STEPS_A_DAY)
            _run_what_is_due(engine, access, time, holder)
            if step == _PAYING_STEP:
                pay(access)
        yield f"{access.now():%a %d %b %Y}: {_told(access.fetch(HappenedSince(mark)))}."
    round_of(engine, time, holder, report=lambda _: None, works=EVERY_WORK)


def _run_what_is_due(engine: Engine, access: Access, time: DemoTime, holder: Holder) -> None:
    """Jobs with nothing to do are left out: a year of their empty runs would tell nobody anything."""
    for job in due_jobs(engine, time(), EVERY_WORK):
        if EVERY_WORK[job].due(access, 0, 1):
            run_job(engine, job, time, holder, works=EVERY_WORK)


def _told(counts: dict[str, int]) -> str:
    words = {name: MOVES[name].label.lower() if name in MOVES else name for name in counts}
    return ", ".join(f"{words[name]} {count:,}" for name, count in counts.items()) or "nothing"
