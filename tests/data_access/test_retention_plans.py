"""What keeps retention quick: each list of it is found by an index of its own."""

from typing import Any

import pytest
from sqlalchemy import Engine

from data_access.base.permissions import Role
from data_access.queries.jobs.retention_rows import ErasuresAhead, LegalHolds
from data_access.store.access import Query
from tests.data_access.test_list_plans import statements_on, steps_of
from tests.support.people import access_for


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (LegalHolds(), "ix_customers_held"),
        (ErasuresAhead(), "ix_customers_to_erase"),
    ],
)
def test_a_list_is_found_by_its_index(sqlite_engine: Engine, query: Query[Any], index: str) -> None:
    access = access_for(sqlite_engine, Role.MANAGER)
    with statements_on(sqlite_engine) as sent:
        access.fetch(query)
    steps = steps_of(sqlite_engine, [one for one in sent if "customers" in one[0]])
    assert index in steps
    assert "SCAN customers /" not in f"{steps} /"
