"""The machine room: who may run a job, what is left of a killed run, and the demo's clock."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from data_access.base.engine import make_engine
from data_access.base.schedule import Job
from data_access.models.base import Base
from data_access.models.customers import Customer, Note
from data_access.models.jobs import JobRun, JobTrouble, RunState
from data_access.store import job_leases
from data_access.store.demo_clock import DemoTime
from data_access.store.job_leases import Holder, Tally
from tests.support.builders import a_customer, a_note
from tests.support.people import NOW

JOB = Job.END_LIVES


class Hands:
    """A clock that counts seconds and is moved by the test."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def holder(name: str, clock: Callable[[], float] = lambda: 0.0) -> Holder:
    return Holder(name, 60, clock)


def begin(engine: Engine, who: Holder, now: datetime = NOW, job: Job = JOB) -> int | None:
    return job_leases.begin_run(engine, job, who, now=now, as_of=now)


def end(engine: Engine, run_id: int | None, who: Holder, now: datetime = NOW, **tally: int) -> None:
    job_leases.end_run(engine, run_id or 0, JOB, who, tally=Tally(**tally), state=RunState.DONE, now=now)


def runs(engine: Engine) -> list[JobRun]:
    with Session(engine) as session:
        return list(session.scalars(select(JobRun).order_by(JobRun.id)))


def count(engine: Engine, model: type[Base]) -> int:
    with Session(engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_one_at_a_time_runs_a_job(engine: Engine) -> None:
    first = begin(engine, holder("one"))
    assert begin(engine, holder("two")) is None
    assert begin(engine, holder("two"), job=Job.TIDY) is not None
    end(engine, first, holder("one"))
    assert begin(engine, holder("two")) is not None


def test_of_many_at_once_one_gets_the_job(database_url: str) -> None:
    engines = [make_engine(database_url) for _ in range(6)]
    got: list[int | None] = []
    start = threading.Barrier(len(engines))

    def tries(engine: Engine, name: str) -> None:
        start.wait()
        got.append(begin(engine, holder(name)))

    threads = [threading.Thread(target=tries, args=(engine, f"w{n}")) for n, engine in enumerate(engines)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for engine in engines:
        engine.dispose()
    assert len(got) == len(engines)
    assert sum(run_id is not None for run_id in got) == 1


def test_a_lease_that_was_not_renewed_is_free_and_its_run_is_marked_as_stopped(engine: Engine) -> None:
    begin(engine, holder("killed"))
    clock, after = Hands(), NOW + timedelta(seconds=60)
    heir = holder("next", clock)
    for clock.seconds in (1000.0, 1059.9):
        assert begin(engine, heir) is None
    clock.seconds = 1060.0
    assert begin(engine, heir, after) is not None
    assert [run.state for run in runs(engine)] == [RunState.STOPPED, RunState.RUNNING]
    assert runs(engine)[0].ended_at == NOW


def test_whoever_comes_back_takes_up_the_job_that_broke_off_at_once(engine: Engine) -> None:
    begin(engine, holder("one"))
    assert begin(engine, holder("one")) is not None


def test_a_sign_of_life_renews_the_lease_and_tells_the_counts(engine: Engine) -> None:
    run_id, clock = begin(engine, holder("one")) or 0, Hands()
    later, heir = NOW + timedelta(seconds=50), holder("two", clock)
    assert begin(engine, heir) is None
    assert job_leases.beat(engine, run_id, JOB, holder("one"), tally=Tally(found=3, done=2), now=later)
    for clock.seconds in (60.0, 119.9):
        assert begin(engine, heir) is None
    (run,) = runs(engine)
    assert (run.heartbeat_at, run.found, run.done) == (later, 3, 2)


def test_whoever_lost_the_lease_learns_it_and_does_not_free_the_new_holders(engine: Engine) -> None:
    slow, after = begin(engine, holder("slow")) or 0, NOW + timedelta(seconds=61)
    begin(engine, Holder("quick", 0), after)
    assert not job_leases.beat(engine, slow, JOB, holder("slow"), tally=Tally(), now=after)
    end(engine, slow, holder("slow"), after)
    assert begin(engine, holder("third"), after) is None


def test_when_each_job_began_last_and_came_to_its_end(engine: Engine) -> None:
    one = holder("one")
    for days in (0, 2, 1):
        end(engine, begin(engine, one, NOW + timedelta(days=days)), one)
    assert job_leases.last_starts(engine) == {JOB: NOW + timedelta(days=1)}
    begin(engine, holder("killed"))
    assert job_leases.last_starts(engine) == {}


@pytest.mark.parametrize("what", ["customer", "note", "run"])
def test_a_trouble_is_kept_with_the_customer_whom_it_is_about(engine: Engine, what: str) -> None:
    customer_id = a_customer(engine)
    run_id = begin(engine, holder("one")) or 0
    about: dict[str, Callable[[], tuple[type[Any], int]]] = {
        "customer": lambda: (Customer, customer_id),
        "note": lambda: (Note, a_note(engine, customer_id)),
        "run": lambda: (JobRun, run_id),
    }
    job_leases.note_trouble(engine, run_id, about[what](), now=NOW, reason="No. " * 200, traceback="line 1")
    with Session(engine) as session:
        (trouble,) = session.scalars(select(JobTrouble))
    assert trouble.customer_id == (None if what == "run" else customer_id)
    assert (len(trouble.reason), trouble.traceback) == (400, "line 1")


def test_a_trouble_that_comes_back_is_kept_once_with_its_last_run(engine: Engine) -> None:
    one, other = a_customer(engine), a_customer(engine)
    for days, job in ((0, JOB), (1, JOB), (2, JOB), (2, Job.COLLECT)):
        at = NOW + timedelta(days=days)
        last = begin(engine, holder("one"), at, job) or 0
        for customer_id, reason in ((one, "No."), (other, "No."), (one, "Never.")):
            job_leases.note_trouble(engine, last, (Customer, customer_id), now=at, reason=reason)
        job_leases.note_trouble(
            engine, last, (Customer, 0), now=at, reason="Nothing was found.", traceback=f"on day {days}"
        )
    with Session(engine) as session:
        told = session.execute(select(JobTrouble.at, JobTrouble.customer_id, JobTrouble.traceback)).all()
    assert len(told) == 8
    assert {row.at for row in told} == {NOW + timedelta(days=2)}
    assert {row.traceback for row in told if row.customer_id is None} == {"on day 2"}


def test_old_runs_are_deleted_with_their_troubles_and_empty_ones_sooner(engine: Engine) -> None:
    for days, found in ((100, 1), (3, 0), (2, 5), (0, 0)):
        at = NOW - timedelta(days=days)
        run_id = begin(engine, holder("one"), at)
        job_leases.note_trouble(engine, run_id or 0, (JobRun, 0), now=at, reason=f"No, on {at}.")
        end(engine, run_id, holder("one"), at, found=found)
    assert [job_leases.prune(engine, NOW) for _ in range(2)] == [2, 0]
    assert [run.found for run in runs(engine)] == [5, 0]
    assert count(engine, JobTrouble) == 2


def test_the_last_run_of_a_job_is_never_deleted(engine: Engine) -> None:
    old = NOW - timedelta(days=300)
    end(engine, begin(engine, holder("one"), old), holder("one"), old)
    job_leases.prune(engine, NOW)
    assert len(runs(engine)) == 1


def test_the_demos_clock_moves_ahead_for_everyone_who_looks(engine: Engine) -> None:
    clock, other = DemoTime(engine, lambda: NOW), DemoTime(engine, lambda: NOW)
    assert clock() == NOW
    clock.move_ahead(timedelta(days=2))
    clock.move_ahead(timedelta(hours=6))
    assert clock() == other() == NOW + timedelta(days=2, hours=6)
