"""Sixty days in the life of a demo: every job runs, customers pay, and the books hold on every day."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from data_access.base.engine import make_engine, spare_the_disk
from data_access.base.permissions import SYSTEM
from data_access.cli.advance import advance
from data_access.models.history import CommandLog
from data_access.models.jobs import JobRun, RunState
from data_access.queries.jobs.jobs import ListJobs
from data_access.seed.demo import seed
from data_access.store.access import Access
from data_access.store.demo_clock import DemoTime
from data_access.store.job_leases import Holder
from tests.support.ledgers import read_ledgers
from tests.support.people import NOW

WORKER = Holder("worker")


@pytest.fixture
def quick_engine(sqlite_url: str) -> Iterator[Engine]:
    engine = make_engine(sqlite_url)
    spare_the_disk(engine)
    yield engine
    engine.dispose()


def test_sixty_days_of_a_hundred_customers_keep_every_rule_on_every_day(quick_engine: Engine) -> None:
    time = DemoTime(quick_engine, lambda: NOW)
    seed(quick_engine, 100, time)
    told = []
    for line in advance(quick_engine, time, 60, WORKER):
        told.append(line)
        assert read_ledgers(quick_engine).breaches() == []
    assert time() == NOW + timedelta(days=60)
    assert told[0].startswith("Tue 17 Mar 2026: ")
    whole = " ".join(told)
    assert [word for word in ("suspend ", "resume ", "terminate on the date ", "invoices ") if word not in whole] == []
    with Session(quick_engine) as session:
        assert session.scalars(select(JobRun.name).where(JobRun.state == RunState.FAILED)).all() == []
        assert session.scalar(select(func.max(CommandLog.at))) <= time()
    assert [row.job for row in Access(quick_engine, SYSTEM, time).fetch(ListJobs()) if row.is_late] == []
