"""Planned changes: each kind of change is read off an index in order of time, however many customers there are."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, text

from data_access.base.engine import make_engine
from data_access.base.permissions import Role
from data_access.jobs.foreseeing import FORESEEING
from data_access.queries.forecast.forecast_steps import OF_STATUS, Foreseen
from data_access.queries.planned.planned import CHANGES, PlannedChanges
from tests.data_access.test_filter_plans import engine_that_knows as engine_that_knows
from tests.data_access.test_foreseen import TERMS, a_debtor, at, keep
from tests.data_access.test_list_plans import statements_on, steps_of
from tests.support.builders import a_reseller
from tests.support.people import NOW, access_for

ASKED = (
    PlannedChanges(14, CHANGES, 1000),
    PlannedChanges(7, frozenset({Foreseen.SUSPENSION, Foreseen.END}), 100),
    PlannedChanges(7, frozenset({Foreseen.SUSPENSION}), 100),
)
_LAST = ("enable_seqscan", "enable_sort", "enable_bitmapscan", "enable_incremental_sort", "enable_hashagg")


def index_of(query: PlannedChanges) -> str:
    """All kinds have an order of their own."""
    return "ix_foreseen_steps_at" if query.kinds >= OF_STATUS else "ix_foreseen_steps_kind"


def statements(engine: Engine, query: PlannedChanges, **whose: Any) -> list[tuple[str, Any]]:
    access = access_for(engine, Role.MANAGER, NOW, **whose)
    with statements_on(engine) as sent:
        access.fetch(query)
    return [one for one in sent if "foreseen_steps" in one[0] or "promises" in one[0]]


@pytest.mark.parametrize("query", ASKED)
def test_all_is_read_off_indexes(engine_that_knows: Engine, query: PlannedChanges) -> None:
    steps = steps_of(engine_that_knows, statements(engine_that_knows, query))
    assert f"SEARCH foreseen_steps USING INDEX {index_of(query)} (" in steps
    assert not re.search(r"SCAN (?!anon|outdated_forecasts)\w+", steps), steps
    several = len(query.kinds & OF_STATUS) if query is ASKED[1] else 0  # as many of each as are asked for are merged
    assert steps.count("TEMP B-TREE") == several, steps


def test_the_customers_of_a_reseller_are_read_off_an_index_of_their_own(engine_that_knows: Engine) -> None:
    sent = statements(engine_that_knows, ASKED[2], reseller_id=a_reseller(engine_that_knows))
    assert "ix_foreseen_steps_reseller (reseller_id=? AND kind=? AND at>? AND at<?)" in steps_of(
        engine_that_knows, sent
    )


@pytest.fixture
def engine_on_postgresql(postgresql_url: str) -> Iterator[Engine]:
    engine = make_engine(postgresql_url)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("query", ASKED)
def test_on_postgresql_too(engine_on_postgresql: Engine, query: PlannedChanges) -> None:
    """The planner is told that to read or sort a table takes long, as it does with a million rows in it.

    Each page holds as many steps: with none at all, any of the indexes would do.
    """
    a_debtor(engine_on_postgresql, date(2026, 6, 25), terms=TERMS[0])
    keep(engine_on_postgresql)
    sent = statements(engine_on_postgresql, query)
    with engine_on_postgresql.connect() as connection:
        for setting in _LAST:
            connection.execute(text(f"SET LOCAL {setting} = off"))
        with connection.connection.cursor() as cursor:
            cursor.execute("UPDATE pg_class SET reltuples = 1e6, relpages = 1 WHERE relname = 'foreseen_steps'")
        plan = "\n".join(
            row[0] for words, values in sent for row in connection.exec_driver_sql(f"EXPLAIN {words}", values)
        )
    assert index_of(query) in plan
    assert not re.search(r"Seq Scan on (?!outdated_forecasts)|->  (Incremental )?Sort ", plan), plan


def test_nobody_is_played_forward_whose_steps_are_kept(sqlite_engine: Engine) -> None:
    a_debtor(sqlite_engine, date(2026, 6, 25), terms=TERMS[0])
    keep(sqlite_engine)
    access = at(NOW, sqlite_engine)
    assert FORESEEING.due(access, 0, 1) == []
    with statements_on(sqlite_engine) as sent:
        assert access.fetch(PlannedChanges(365)).rows
    assert not any("collection_policies" in words for words, _ in sent)
