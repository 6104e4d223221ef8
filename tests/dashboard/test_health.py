"""Health: the process, the database and the worker; and what a browser is told while the database is away."""

from datetime import timedelta

import pytest

from dashboard.server.health import SILENT_AFTER
from data_access.base.engine import make_engine
from data_access.base.schedule import Job
from data_access.store import job_leases
from data_access.store.job_leases import Holder
from tests.dashboard.conftest import an_app
from tests.support.programs import free_port
from tests.support.sign_ins import NOON
from tests.support.visitor import Visitor, an_event_loop


@pytest.fixture
def away():
    """A visitor with a session's cookie, on a desk whose database does not answer."""
    engine = make_engine(f"postgresql+psycopg://desk@127.0.0.1:{free_port()}/desk")
    with an_event_loop() as runner:
        visitor = Visitor(an_app(engine), runner)
        visitor.cookies.set("desk_session", "x" * 43)
        yield visitor
    engine.dispose()


def test_the_process_is_well_whatever_becomes_of_the_database(visitor, away):
    assert (visitor.get("/healthz").text, away.get("/healthz").text) == ("ok", "ok")


def test_without_a_worker_the_desk_is_not_ready(visitor):
    answer = visitor.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "No worker has run on this database yet.")


@pytest.mark.parametrize(("ago", "status"), [(SILENT_AFTER, 200), (SILENT_AFTER + timedelta(seconds=1), 503)])
def test_the_desk_is_ready_while_a_worker_gives_signs_of_life(desk, visitor, ago, status):
    job_leases.begin_run(desk, Job.COLLECT, Holder("one"), now=NOON - ago, as_of=NOON)
    answer = visitor.get("/readyz")
    assert answer.status_code == status
    assert answer.text.startswith("ok" if status == 200 else "No worker has reported since 20")


def test_without_its_database_the_desk_is_not_ready(away):
    answer = away.get("/readyz")
    assert (answer.status_code, answer.text) == (503, "The database does not answer.")


def test_a_browser_is_told_that_the_database_is_away_and_asks_again(away):
    answer = away.get("/customers")
    assert (answer.status_code, answer.headers["refresh"]) == (503, "5")
    assert "The database does not answer." in answer.text


def test_a_program_is_told_so_in_a_line(away):
    answer = away.get("/customers", accept="*/*")
    assert (answer.status_code, answer.text) == (503, "The database does not answer.")
