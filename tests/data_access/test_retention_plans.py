"""What keeps retention quick: each list of it is read off an index of its own, in its order."""

import re
from typing import Any

import pytest
from sqlalchemy import Engine, text

from data_access.base.engine import make_engine
from data_access.base.permissions import Role
from data_access.queries.jobs.retention_rows import ErasuresAhead, GoneLately, LegalHolds
from data_access.store.access import Query
from tests.data_access.test_filter_plans import engine_that_knows as engine_that_knows
from tests.data_access.test_list_plans import statements_on, steps_of
from tests.support.builders import a_class
from tests.support.people import access_for

CLASSES = (12, 12, 48)
LISTS = (
    (LegalHolds(), "ix_customers_held"), (ErasuresAhead(), "ix_customers_to_erase"),
    (GoneLately(), "ix_customers_erased_at"),
)  # fmt: skip


def statements(engine: Engine, query: Query[Any]) -> list[tuple[str, Any]]:
    for months in CLASSES:
        a_class(engine, purge_after_months=months)
    access = access_for(engine, Role.MANAGER)
    with statements_on(engine) as sent:
        access.fetch(query)
    return [one for one in sent if "FROM customers" in one[0]]


@pytest.mark.parametrize(("query", "index"), LISTS)
def test_a_list_is_read_off_its_index(engine_that_knows: Engine, query: Query[Any], index: str) -> None:
    steps = steps_of(engine_that_knows, statements(engine_that_knows, query)).split(" / ")
    of_customers = [step for step in steps if "customers" in step and "PRIMARY KEY" not in step]
    assert of_customers
    assert all(f"INDEX {index}" in step for step in of_customers), steps
    merged = len(CLASSES) if isinstance(query, ErasuresAhead) else 0  # the first of each class, as many as are shown
    assert len([step for step in steps if "TEMP B-TREE" in step]) == merged


def test_those_whose_months_are_over_are_looked_up_class_by_class(engine_that_knows: Engine) -> None:
    steps = steps_of(engine_that_knows, statements(engine_that_knows, ErasuresAhead()))
    assert steps.count("ix_customers_to_erase (customer_class_id=? AND terminated_at<?)") == 6  # shown, and counted


@pytest.mark.parametrize(("query", "index"), LISTS)
def test_its_index_serves_a_list_on_postgresql_too(postgresql_url: str, query: Query[Any], index: str) -> None:
    engine = make_engine(postgresql_url)
    sent = statements(engine, query)
    with engine.connect() as connection:
        for setting in ("enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_incremental_sort"):
            connection.execute(text(f"SET LOCAL {setting} = off"))
        plans = [
            "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {statement}", given))
            for statement, given in sent
            if "archives" not in statement
        ]
    assert all(index in plan for plan in plans), plans
    assert not any(re.search(r"-> +Sort|Seq Scan", plan) for plan in plans), plans
    engine.dispose()
