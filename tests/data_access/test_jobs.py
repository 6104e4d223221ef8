"""Runs of jobs and the worker: what is counted, what goes on, what stops, and what the command line says."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from data_access.base.engine import make_engine
from data_access.base.errors import NotPermitted, Rejected
from data_access.base.permissions import Role
from data_access.base.schedule import Job
from data_access.base.statuses import BillStatus
from data_access.cli import jobs
from data_access.cli.main import main
from data_access.imports.kept.carrying import EVERY_WORK
from data_access.jobs import worker
from data_access.jobs.runner import Ran, run_job
from data_access.jobs.table import WORK
from data_access.jobs.work import BATCH, Work
from data_access.models.customers import Customer
from data_access.models.jobs import JobRun, JobTrouble, RunState
from data_access.queries.jobs.jobs import JobRow, JobTroubles, ListJobs, RunsOf
from data_access.store import job_leases
from data_access.store.access import Access
from data_access.store.job_leases import Holder, Tally
from tests.support.builders import a_customer, a_reseller
from tests.support.people import NOW, a_person, access_for
from tests.support.programs import free_port

JOB = Job.END_LIVES
TODAY = NOW.date()


def by(name: str = "one", seconds: float = 60) -> Holder:
    return Holder(name, seconds)


def run(engine: Engine, works: dict[Job, Work] = WORK, now: datetime = NOW, **over: Any) -> Ran:
    ran = run_job(engine, JOB, lambda: now, over.pop("holder", by()), works=works, **over)
    assert ran is not None
    return ran


def on(ids: list[int], do: Callable[[int], object]) -> dict[Job, Work]:
    """A job on these customers that does this."""

    def due(_access: Access, after: int, limit: int) -> list[int]:
        return [key for key in ids if key > after][:limit]

    return {JOB: Work(Customer, due, lambda _access, key: do(key))}


def once(_access: Access, after: int, _limit: int) -> list[int]:
    return [1] if after < 1 else []


def refuses(what: Exception, only: int) -> Callable[[int], object]:
    def do(key: int) -> None:
        if key == only:
            raise what

    return do


def troubles(engine: Engine) -> list[JobTrouble]:
    with Session(engine) as session:
        return list(session.scalars(select(JobTrouble).order_by(JobTrouble.id)))


def status_of(engine: Engine, customer_id: int) -> BillStatus:
    with Session(engine) as session:
        return session.get_one(Customer, customer_id).bill_status


def standing(engine: Engine, now: datetime = NOW) -> dict[Job, JobRow]:
    return {row.job: row for row in access_for(engine, Role.MANAGER, now).fetch(ListJobs())}


def test_every_job_has_its_work() -> None:
    assert set(EVERY_WORK) == set(Job)


def test_a_run_does_all_that_is_due_and_counts_it(engine: Engine) -> None:
    ids = [a_customer(engine, terminate_on=TODAY) for _ in range(3)]
    other = a_customer(engine, terminate_on=TODAY + timedelta(days=1))
    ran = run(engine)
    assert (ran.state, ran.tally) == (RunState.DONE, Tally(found=3, done=3))
    assert {status_of(engine, key) for key in ids} == {BillStatus.PERMANENTLY_TERMINATED}
    assert status_of(engine, other) is BillStatus.OPEN
    assert run(engine).tally == Tally()


def test_a_refused_one_is_kept_with_its_sentence_and_the_others_go_on(engine: Engine) -> None:
    ids = [a_customer(engine) for _ in range(3)]
    ran = run(engine, on(ids, refuses(Rejected("Not this one."), ids[1])))
    assert (ran.state, ran.tally) == (RunState.DONE, Tally(found=3, done=2, refused=1))
    assert [(one.customer_id, one.reason, one.traceback) for one in troubles(engine)] == [(ids[1], "Not this one.", "")]


def test_a_fault_with_one_is_kept_with_its_traceback_and_fails_the_run_at_its_end(engine: Engine) -> None:
    ids = [a_customer(engine) for _ in range(3)]
    ran = run(engine, on(ids, refuses(ZeroDivisionError("planted"), ids[0])))
    assert (ran.state, ran.tally) == (RunState.FAILED, Tally(found=3, done=2, failed=1))
    (trouble,) = troubles(engine)
    assert (trouble.customer_id, "ZeroDivisionError: planted" in trouble.traceback) == (ids[0], True)
    assert "ZeroDivisionError" in trouble.reason


def test_a_fault_in_finding_fails_the_run_and_no_other(engine: Engine) -> None:
    def lost(*_: object) -> list[int]:
        raise KeyError("planted")

    ran = run(engine, {JOB: Work(Customer, lost, lambda *_: None)})
    assert (ran.state, ran.tally) == (RunState.FAILED, Tally(failed=1))
    assert troubles(engine)[0].customer_id is None


def test_a_lost_database_is_no_fault_of_a_customer(engine: Engine) -> None:
    away = DBAPIError("SELECT 1", {}, OSError("gone"), connection_invalidated=True)
    with pytest.raises(DBAPIError):
        run(engine, on([a_customer(engine)], refuses(away, 1)))
    assert troubles(engine) == []


def test_any_number_is_walked_by_batches(engine: Engine) -> None:
    asked: list[tuple[int, int]] = []
    last = 2 * BATCH + 7

    def due(_access: Access, after: int, limit: int) -> list[int]:
        asked.append((after, limit))
        return list(range(after + 1, min(after + limit, last) + 1))

    ran = run(engine, {JOB: Work(Customer, due, lambda *_: None)})
    assert ran.tally.done == last
    assert asked == [(0, BATCH), (BATCH, BATCH), (2 * BATCH, BATCH), (last, BATCH)]


def test_a_run_that_is_told_to_stop_ends_what_it_is_doing_and_the_next_does_the_rest(engine: Engine) -> None:
    ids = [a_customer(engine, terminate_on=TODAY) for _ in range(3)]
    asked = iter([False, True])
    ran = run(engine, is_told_to_stop=lambda: next(asked))
    assert (ran.state, ran.tally) == (RunState.STOPPED, Tally(found=1, done=1))
    assert run(engine).tally.done == 2
    assert {status_of(engine, key) for key in ids} == {BillStatus.PERMANENTLY_TERMINATED}


def test_a_run_that_lost_its_lease_stops(engine: Engine) -> None:
    ids = [a_customer(engine) for _ in range(2)]

    def taken_over(_key: int) -> None:
        impatient = by("other", seconds=0)
        assert job_leases.begin_run(engine, JOB, impatient, now=NOW, as_of=NOW) is not None

    ran = run(engine, on(ids, taken_over), holder=by("slow", seconds=0))
    assert (ran.state, ran.tally.done) == (RunState.STOPPED, 1)


def test_a_job_that_runs_elsewhere_is_left_alone(engine: Engine) -> None:
    job_leases.begin_run(engine, JOB, by("other"), now=NOW, as_of=NOW)
    assert run_job(engine, JOB, lambda: NOW, by("one")) is None


def test_a_run_as_of_another_day_looks_then_and_acts_now(engine: Engine) -> None:
    customer = a_customer(engine, terminate_on=TODAY - timedelta(days=5))
    late = a_customer(engine, terminate_on=TODAY)
    run(engine, as_of=NOW - timedelta(days=3))
    with Session(engine) as session:
        assert session.get_one(Customer, customer).terminated_at == NOW
        assert session.get_one(Customer, late).terminated_at is None
        (row,) = session.scalars(select(JobRun))
        assert (row.as_of, row.started_at) == (NOW - timedelta(days=3), NOW)


def test_a_job_is_due_when_its_period_is_over(engine: Engine) -> None:
    assert worker.due_jobs(engine, NOW) == [job for job in Job if job in WORK]
    worker.round_of(engine, lambda: NOW, by(), report=lambda _: None)
    assert worker.due_jobs(engine, NOW) == []
    soon = worker.due_jobs(engine, NOW + timedelta(minutes=10))
    assert Job.END_LIVES in soon
    assert Job.TIDY not in soon
    assert Job.TIDY in worker.due_jobs(engine, NOW + timedelta(days=1))


def test_a_round_tells_what_it_did(engine: Engine) -> None:
    a_customer(engine, terminate_on=TODAY)
    told: list[str] = []
    worker.round_of(engine, lambda: NOW, by(), report=told.append)
    assert "Terminations on their date: done; 1 found, 1 done, 0 refused, 0 failed." in told


def test_a_database_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "LOOK_SECONDS", 0.01)
    away = make_engine(f"postgresql+psycopg://desk@127.0.0.1:{free_port()}/desk")
    told: list[str] = []
    worker.work(away, lambda: NOW, by(), report=told.append, is_told_to_stop=lambda: len(told) >= 3)
    assert len(told) >= 3
    assert all("does not answer" in line for line in told)


def test_no_job_waits_for_one_that_calls_out_and_the_worker_ends_after_its_call(engine: Engine) -> None:
    calling, done, told_to_stop = Event(), Event(), Event()

    def call(_access: Access, _key: int) -> None:
        calling.set()
        assert done.wait(10)  # the other job, which comes after the call has begun
        told_to_stop.set()

    def work(_access: Access, _key: int) -> None:
        assert calling.wait(10)
        done.set()

    works = {Job.SEND_MESSAGES: Work(Customer, once, call), Job.COLLECT: Work(Customer, once, work)}
    worker.work(engine, lambda: NOW, by(), report=[].append, is_told_to_stop=told_to_stop.is_set, works=works)
    assert {job: row.last.state for job, row in standing(engine).items() if row.last} == {
        Job.SEND_MESSAGES: RunState.DONE, Job.COLLECT: RunState.DONE
    }  # fmt: skip


def test_a_fault_in_one_lane_ends_the_worker_loudly(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_leases, "last_starts", lambda _engine: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        worker.work(engine, lambda: NOW, by(), report=[].append, is_told_to_stop=lambda: False)


def test_a_job_is_late_after_twice_its_period(engine: Engine) -> None:
    assert all(row.is_late and row.last is None for row in standing(engine).values())
    run(engine)
    assert not standing(engine, NOW + 2 * JOB.period)[JOB].is_late
    assert standing(engine, NOW + 2 * JOB.period + timedelta(seconds=1))[JOB].is_late


def test_a_job_that_never_ran_is_late_after_twice_its_period_since_the_first_run_of_any(engine: Engine) -> None:
    run(engine)
    assert not standing(engine, NOW + 2 * Job.TIDY.period)[Job.TIDY].is_late
    assert standing(engine, NOW + 2 * Job.TIDY.period + timedelta(seconds=1))[Job.TIDY].is_late


def test_a_long_run_that_gives_signs_of_life_is_not_late(engine: Engine) -> None:
    run_id = job_leases.begin_run(engine, JOB, by(), now=NOW, as_of=NOW) or 0
    later = NOW + 3 * JOB.period
    job_leases.beat(engine, run_id, JOB, by(), tally=Tally(found=9), now=later)
    assert not standing(engine, later + timedelta(minutes=1))[JOB].is_late
    assert standing(engine, later + timedelta(minutes=4))[JOB].is_late


def test_the_runs_and_troubles_of_a_job_are_listed_the_newest_first(engine: Engine) -> None:
    ids = [a_customer(engine, customer_code=code) for code in ("A", "B")]
    for key in ids:
        run(engine, on(ids, refuses(Rejected("No."), key)))
    run(engine)
    access = access_for(engine, Role.MANAGER)
    assert [(row.found, row.refused) for row in access.fetch(RunsOf(JOB))] == [(2, 1), (2, 1)]
    assert [(row.customer_code, row.reason) for row in access.fetch(JobTroubles(JOB))] == [("B", "No."), ("A", "No.")]
    assert len(access.fetch(JobTroubles())) == 2
    assert access.fetch(JobTroubles(Job.TIDY)) == ()


def test_a_reseller_s_person_learns_that_a_job_ran_and_not_how_many_customers_it_found(engine: Engine) -> None:
    run(engine, on([a_customer(engine)], lambda _: None))
    run(engine)
    access = access_for(engine, Role.MANAGER, reseller_id=a_reseller(engine))
    (last,) = (row.last for row in access.fetch(ListJobs()) if row.job is JOB)
    runs = access.fetch(RunsOf(JOB))
    assert last is not None
    assert (last.state, len(runs)) == (RunState.DONE, 2)
    assert {getattr(one, name) for one in (last, *runs) for name in ("found", "done", "refused", "failed")} == {None}


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ANALYST])
def test_jobs_are_read_by_those_with_the_right(engine: Engine, role: Role) -> None:
    for query in (ListJobs(), RunsOf(JOB), JobTroubles()):
        with pytest.raises(NotPermitted):
            access_for(engine, role).fetch(query)


@pytest.fixture
def desk(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Callable[..., tuple[int, str]]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("APP_ENV", "production")

    def call(*words: object) -> tuple[int, str]:
        code = main([str(word) for word in words], lambda: NOW)
        said = capsys.readouterr()
        return code, (said.out + said.err).strip()

    return call


def test_the_jobs_are_listed_with_how_they_stand(desk: Any, engine: Engine) -> None:
    a_person(engine, Role.MANAGER, login="mia")
    code, said = desk("jobs", "list", "--as", "mia")
    assert (code, said.count("never run")) == (1, len(Job))
    run(engine)
    assert "end_lives: done 2026-03-16 09:00 UTC; 0 found" in desk("jobs", "list", "--as", "mia")[1]


def test_a_job_is_run_by_those_who_may(desk: Any, engine: Engine) -> None:
    a_person(engine, Role.MANAGER, login="mia")
    a_person(engine, Role.ADMIN, login="ann")
    customer_id = a_customer(engine, terminate_on=TODAY)
    assert desk("jobs", "run", "end_lives", "--as", "mia")[1].startswith("Your role, manager, has no right to run jobs")
    assert status_of(engine, customer_id) is BillStatus.OPEN
    code, said = desk("jobs", "run", "end_lives", "--as", "ann")
    assert (code, said) == (0, "Terminations on their date: done; 1 found, 1 done, 0 refused, 0 failed.")
    assert status_of(engine, customer_id) is BillStatus.PERMANENTLY_TERMINATED


def test_a_dry_run_looks_ahead_and_writes_nothing(desk: Any, engine: Engine) -> None:
    a_person(engine, Role.ADMIN, login="ann")
    a_customer(engine, terminate_on=TODAY + timedelta(days=9))
    ahead = ("jobs", "run", "end_lives", "--as-of", TODAY + timedelta(days=9), "--as", "ann")
    assert desk(*ahead, "--dry-run") == (
        0, "Terminations on their date: 1 due. Nothing was done: this was a dry run.",
    )  # fmt: skip
    assert desk(*ahead)[0] == 1
    with Session(engine) as session:
        assert session.scalars(select(JobRun)).all() == []


def test_a_job_that_a_worker_runs_is_not_run_again(desk: Any, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    a_person(engine, Role.ADMIN, login="ann")
    run_id = job_leases.begin_run(engine, JOB, Holder("other"), now=NOW, as_of=NOW) or 0
    impatient = count(0, 100)  # each look is 100 seconds after the one before, and the worker gives a sign of life
    monkeypatch.setattr(jobs, "a_holder", lambda: Holder("one", 60, lambda: alive() or next(impatient)))

    def alive() -> None:
        job_leases.beat(engine, run_id, JOB, Holder("other"), tally=Tally(), now=NOW)

    assert desk("jobs", "run", "end_lives", "--as", "ann")[1].startswith("The job is being run by a worker now")


def test_a_job_whose_worker_was_killed_is_run_after_its_lease(
    desk: Any, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_person(engine, Role.ADMIN, login="ann")
    job_leases.begin_run(engine, JOB, Holder("killed"), now=NOW, as_of=NOW)
    seconds = count(0, 20)
    monkeypatch.setattr(jobs, "a_holder", lambda: Holder("one", 60, lambda: next(seconds)))
    monkeypatch.setattr(jobs, "_LOOK_SECONDS", 0)
    assert desk("jobs", "run", "end_lives", "--as", "ann")[0] == 0


@pytest.mark.parametrize("set_ahead", [timedelta(days=1), timedelta(days=400)])
def test_a_clock_that_was_set_ahead_and_back_stops_no_job(engine: Engine, set_ahead: timedelta) -> None:
    worker.round_of(engine, lambda: NOW + set_ahead, by(), report=lambda _: None)
    assert worker.due_jobs(engine, NOW) == list(WORK)
    a_customer(engine, terminate_on=TODAY)
    told: list[str] = []
    worker.round_of(engine, lambda: NOW, by("another"), report=told.append)
    assert "Terminations on their date: done; 1 found, 1 done, 0 refused, 0 failed." in told


def test_a_job_whose_worker_was_killed_does_not_wait_for_its_period(engine: Engine) -> None:
    worker.round_of(engine, lambda: NOW, by(), report=lambda _: None)
    job_leases.begin_run(engine, JOB, by("killed"), now=NOW + JOB.period, as_of=NOW)
    assert worker.due_jobs(engine, NOW + JOB.period + timedelta(seconds=1)).count(JOB) == 1


def test_a_worker_for_once_does_what_is_due_and_ends(desk: Any, engine: Engine) -> None:
    customer_id = a_customer(engine, terminate_on=TODAY)
    code, said = desk("worker", "--once")
    assert (code, "Terminations on their date: done; 1 found" in said) == (0, True)
    assert status_of(engine, customer_id) is BillStatus.PERMANENTLY_TERMINATED
