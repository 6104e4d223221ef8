"""Turns of the jobs of one worker: a long run makes none of the others late, and stays alive itself."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine

from data_access.base.permissions import Role
from data_access.base.schedule import Job
from data_access.jobs import worker
from data_access.jobs.work import Work
from data_access.models.customers import Customer
from data_access.queries.jobs.jobs import ListJobs
from data_access.store.access import Access
from data_access.store.job_leases import Holder
from tests.support.people import NOW, access_for

MINUTE = timedelta(minutes=1)


class Watch:
    """A clock that goes on while something is done, and what was done by it."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.now = engine, NOW
        self.told: list[tuple[Job, datetime]] = []
        self.late: set[Job] = set()

    def takes(self, job: Job, pieces: int, each: timedelta) -> Work:
        """A job of so many pieces, once; later runs of it find nothing."""
        left = list(range(1, pieces + 1))

        def due(_access: Access, after: int, _limit: int) -> list[int]:
            return [key for key in left if key > after]

        def do(_access: Access, key: int) -> None:
            left.remove(key)
            self.now += each
            self.told.append((job, self.now))
            rows = access_for(self.engine, Role.MANAGER, self.now).fetch(ListJobs())
            self.late |= {row.job for row in rows if row.is_late and row.last is not None}

        return Work(Customer, due, do)

    def round(self, works: dict[Job, Work], stops: Callable[[], bool] = lambda: False) -> None:
        holder = Holder("one", 0.0)  # gives a sign of life whenever it can
        worker.round_of(
            self.engine, lambda: self.now, holder, report=lambda _: None, works=works, is_told_to_stop=stops
        )  # fmt: skip


def order(watch: Watch) -> list[Job]:
    return [job for job, _ in watch.told]


def test_a_long_run_makes_no_other_job_late(engine: Engine) -> None:
    watch = Watch(engine)
    works = {Job.CLOSE_PERIODS: watch.takes(Job.CLOSE_PERIODS, 20, MINUTE), Job.SEND_MESSAGES: every(watch)}
    watch.round(works)
    assert watch.late == set()
    assert order(watch).count(Job.SEND_MESSAGES) >= 19
    assert order(watch).count(Job.CLOSE_PERIODS) == 20


def every(watch: Watch) -> Work:
    """A job that always finds one thing, which is soon done."""

    def do(_access: Access, _key: int) -> None:
        watch.now += timedelta(seconds=1)
        watch.told.append((Job.SEND_MESSAGES, watch.now))

    return Work(Customer, lambda _access, after, _limit: [1] if after < 1 else [], do)


def test_a_run_that_waits_for_another_is_alive(engine: Engine) -> None:
    watch = Watch(engine)
    works = {
        Job.ASK_GATEWAY: watch.takes(Job.ASK_GATEWAY, 2, MINUTE),
        Job.COLLECT: watch.takes(Job.COLLECT, 30, MINUTE),
    }
    watch.round(works)
    assert order(watch) == [Job.ASK_GATEWAY, *[Job.COLLECT] * 30, Job.ASK_GATEWAY]
    assert Job.ASK_GATEWAY not in watch.late


def test_a_worker_that_is_told_to_stop_stops_at_every_depth(engine: Engine) -> None:
    watch = Watch(engine)
    works = {
        Job.ASK_GATEWAY: watch.takes(Job.ASK_GATEWAY, 2, MINUTE),
        Job.COLLECT: watch.takes(Job.COLLECT, 30, MINUTE),
    }
    watch.round(works, lambda: len(watch.told) >= 5)
    assert order(watch) == [Job.ASK_GATEWAY, *[Job.COLLECT] * 4]
