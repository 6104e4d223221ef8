"""Jobs: how each stands, what could not be done, and what Home warns of."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from data_access.base.clock import system_clock
from data_access.base.permissions import Role
from data_access.base.schedule import Job
from data_access.models.customers import Customer
from data_access.models.jobs import RunState
from data_access.store import job_leases
from data_access.store.job_leases import Holder, Tally
from tests.support.builders import a_customer
from tests.support.forms import said
from tests.support.outbox import a_message

WORKER = Holder("worker")


def ran(engine: Engine, job: Job, at: datetime, state: RunState = RunState.DONE, **tally: int) -> int:
    run_id = job_leases.begin_run(engine, job, WORKER, now=at, as_of=at) or 0
    job_leases.end_run(engine, run_id, job, WORKER, tally=Tally(**tally), state=state, now=at + timedelta(seconds=3))
    return run_id


def all_ran(engine: Engine, at: datetime) -> None:
    for job in Job:
        ran(engine, job, at)


def table(app: AppTest, column: str) -> Any:
    return next(one.value for one in app.dataframe if column in one.value.columns)


def test_every_job_is_told_in_words_with_its_last_run(desk_app: Any) -> None:
    ran(desk_app.engine, Job.END_LIVES, system_clock(), found=12, done=10, refused=1, failed=1)
    told = table(desk_app.open("jobs", Role.MANAGER), "Job").set_index("Job")
    assert list(told.index) == [job.label for job in Job]
    row = told.loc[Job.END_LIVES.label]
    assert [row[name] for name in ("Found", "Done", "Refused", "Failed", "Seconds")] == ["12", "10", "1", "1", "3.0"]
    assert list(row["State"]) == ["✓ done"]
    assert list(told.loc[Job.TIDY.label, "State"]) == ["○ never run"]


def test_where_no_worker_has_ever_run_every_job_is_late(desk_app: Any) -> None:
    told = table(desk_app.open("jobs", Role.MANAGER), "Job")
    assert {tuple(states) for states in told["State"]} == {("○ never run", "◷ late")}


def test_a_job_is_late_after_twice_its_period(desk_app: Any) -> None:
    now = system_clock()
    ran(desk_app.engine, Job.END_LIVES, now - 2 * Job.END_LIVES.period - timedelta(seconds=5))
    ran(desk_app.engine, Job.TIDY, now - Job.TIDY.period)
    told = table(desk_app.open("jobs", Role.MANAGER), "Job").set_index("Job")
    assert "◷ late" in list(told.loc[Job.END_LIVES.label, "State"])
    assert list(told.loc[Job.TIDY.label, "State"]) == ["✓ done"]


def test_the_runs_of_a_job_are_shown_when_it_is_asked_for(desk_app: Any) -> None:
    now = system_clock()
    ran(desk_app.engine, Job.END_LIVES, now - timedelta(hours=1), found=4, done=4)
    ran(desk_app.engine, Job.END_LIVES, now, state=RunState.FAILED, found=2, done=1, failed=1)
    ran(desk_app.engine, Job.TIDY, now, found=9, done=9)
    app = desk_app.open("jobs", Role.MANAGER, job="end_lives")
    assert list(table(app, "Began")["Found"]) == ["2", "4"]
    assert "Runs: Terminations on their date" in [header.value for header in app.header]


def test_what_could_not_be_done_is_told_with_its_customer(desk_app: Any) -> None:
    customer_id = a_customer(desk_app.engine, customer_code="K-77")
    run_id = ran(desk_app.engine, Job.END_LIVES, system_clock(), found=1, refused=1)
    job_leases.note_trouble(
        desk_app.engine, run_id, (Customer, customer_id), now=system_clock(), reason="Not *this* one <b>."
    )
    told = table(desk_app.open("jobs", Role.MANAGER), "Reason")
    assert told[["Job", "Customer", "Reason"]].to_numpy().tolist() == [
        ["Terminations on their date", "K-77", "Not *this* one <b>."]
    ]


def test_without_troubles_the_page_says_so(desk_app: Any) -> None:
    assert "Everything was done." in said(desk_app.open("jobs", Role.ADMIN))


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ANALYST])
def test_others_are_told_who_can(desk_app: Any, role: Role) -> None:
    assert "A manager or an admin can" in said(desk_app.open("jobs", role))


def warnings(desk_app: Any, role: Role = Role.MANAGER) -> list[str]:
    return [one.value.replace("\\", "") for one in desk_app.open("home", role).warning]


def test_home_warns_when_nothing_happens_by_itself(desk_app: Any) -> None:
    assert warnings(desk_app) == ["Nothing happens automatically: no worker has run for a while."]


def test_home_warns_of_what_is_late_and_of_what_failed(desk_app: Any) -> None:
    now = system_clock()
    all_ran(desk_app.engine, now)
    assert warnings(desk_app) == []
    ran(desk_app.engine, Job.TIDY, now, state=RunState.FAILED, failed=1)
    assert warnings(desk_app, Role.ADMIN) == [f"Failed: {Job.TIDY.label}."]


def test_home_warns_of_a_late_job_by_name(desk_app: Any) -> None:
    now = system_clock()
    all_ran(desk_app.engine, now - timedelta(hours=2))
    for job in Job:
        if job is not Job.COLLECT:
            ran(desk_app.engine, job, now)
    assert warnings(desk_app) == [f"Late: {Job.COLLECT.label}."]


def test_home_does_not_trouble_those_who_cannot_look(desk_app: Any) -> None:
    assert warnings(desk_app, Role.SUPPORT) == []


def test_mail_that_has_nowhere_to_go_is_warned_of(desk_app: Any) -> None:
    a_message(desk_app.engine, a_customer(desk_app.engine))
    told = said(desk_app.open("jobs", Role.MANAGER))
    assert "No mail server is set, so 1 message waits" in told
    assert "Messages: 1 waiting, 0 given up." in told
