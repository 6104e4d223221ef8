"""Metrics: behind a token, of what was done here and what waits in the database."""

from collections.abc import Mapping

import pytest
from prometheus_client.parser import text_string_to_metric_families

from dashboard.kit import cache
from data_access.base.engine import make_engine
from data_access.base.errors import NotPermitted
from data_access.base.permissions import Role
from data_access.base.schedule import Job
from data_access.commands.customers.notes import AddNote
from data_access.models.jobs import RunState
from data_access.queries.lists.counts import BlockedCount
from data_access.store import job_leases
from data_access.store.access import new_command_id
from data_access.store.job_leases import Holder, Tally
from tests.dashboard.conftest import an_app
from tests.support.builders import a_customer
from tests.support.people import access_for
from tests.support.programs import free_port
from tests.support.sign_ins import NOON
from tests.support.visitor import Visitor, an_event_loop

TOKEN = "a-token-of-the-tests"
Figures = Mapping[tuple[str, ...], float]


def figures(visitor: Visitor) -> Figures:
    """Each sample by its name and the values of its labels in the order of their names."""
    answer = visitor.get("/metrics", accept="*/*", authorization=f"Bearer {TOKEN}")
    assert answer.status_code == 200
    return {
        (sample.name, *(sample.labels[label] for label in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


@pytest.fixture
def watcher(a_visitor):
    return a_visitor(metrics_token=TOKEN)


@pytest.mark.parametrize("given", [{}, {"authorization": "Bearer"}, {"authorization": f"Bearer {TOKEN}x"}])
def test_nobody_without_the_token_sees_them(watcher, given):
    answer = watcher.get("/metrics", accept="*/*", **given)
    assert (answer.status_code, "desk_" in answer.text) == (401, False)


def test_where_no_token_is_set_there_are_none(visitor):
    assert "desk_" not in visitor.get("/metrics", accept="*/*", authorization="Bearer ").text


def test_what_was_done_is_counted_by_how_it_ended(desk, watcher):
    before = figures(watcher)
    support, customer_id = access_for(desk, Role.SUPPORT), a_customer(desk)
    support.execute(AddNote(command_id=new_command_id(), customer_id=customer_id, text="Called."))
    with pytest.raises(NotPermitted):
        access_for(desk, Role.ANALYST).execute(
            AddNote(command_id=new_command_id(), customer_id=customer_id, text="Called.")
        )
    cache.forget()
    for _ in range(2):
        cache.fetch(support, BlockedCount())
    after = figures(watcher)

    def more(*sample: str) -> float:
        return after.get(sample, 0) - before.get(sample, 0)

    assert more("desk_command_seconds_count", "AddNote", "done") == 1
    assert more("desk_command_seconds_count", "AddNote", "not_permitted") == 1
    assert more("desk_query_seconds_count", "done", "BlockedCount") == 1
    assert [more("desk_cache_looks_total", outcome) for outcome in ("asked", "kept")] == [1, 1]


def test_jobs_and_the_pool_are_looked_up(desk, watcher):
    run_id = job_leases.begin_run(desk, Job.COLLECT, Holder("one"), now=NOON, as_of=NOON)
    assert run_id is not None
    job_leases.end_run(
        desk, run_id, Job.COLLECT, Holder("one"), tally=Tally(3, 1, 1, 1), state=RunState.FAILED, now=NOON
    )
    told = figures(watcher)
    assert told["desk_database_up",] == 1
    assert told["desk_job_late", "collect"] == 0
    counts = [told["desk_job_last_run", "collect", outcome] for outcome in ("found", "done", "refused", "failed")]
    assert counts == [3, 1, 1, 1]
    assert told["desk_pool", "primary", "waiting_to_write"] == 0
    assert (told["desk_outbox_waiting",], told["desk_outbox_oldest_seconds",]) == (0, 0)


def test_while_the_database_is_away_that_is_what_is_told():
    engine = make_engine(f"postgresql+psycopg://desk@127.0.0.1:{free_port()}/desk")
    with an_event_loop() as runner:
        told = figures(Visitor(an_app(engine, metrics_token=TOKEN), runner))
    engine.dispose()
    assert told["desk_database_up",] == 0
    assert ("desk_outbox_waiting",) not in told
