"""How SQLite answers: a page of the list is entered by its index, and open invoices are found by the index of them."""

import re

import pytest
from sqlalchemy import Connection, Engine, event

from data_access.base.permissions import Role
from data_access.queries.collections.cases import FindCases
from data_access.queries.lists.customers import FindCustomers
from data_access.queries.pagination.by_key import Sort
from data_access.queries.pagination.pages import Direction
from data_access.store.access import Query
from tests.support.builders import a_customer, an_invoice
from tests.support.people import NOW, access_for

SEEKABLE = [sort for sort in Sort if sort is not Sort.OVERDUE]  # those without anything overdue stand at its end


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    return sqlite_engine


def plans(engine: Engine, query: Query[object]) -> list[str]:
    """The steps by which SQLite answers each statement of a query."""
    asked: list[tuple[str, object]] = []

    def keeps(_conn: Connection, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        asked.append((statement, parameters))

    access = access_for(engine, Role.ADMIN)
    event.listen(engine, "before_cursor_execute", keeps)
    access.fetch(query)
    event.remove(engine, "before_cursor_execute", keeps)
    with engine.connect() as connection:
        steps = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {told}", given).all() for told, given in asked]
    return [step[3] for told in steps for step in told]


@pytest.mark.parametrize("direction", [Direction.AFTER, Direction.BEFORE])
@pytest.mark.parametrize("sort", SEEKABLE)
def test_a_page_of_the_list_is_entered_where_it_begins(engine: Engine, sort: Sort, direction: Direction) -> None:
    for number in range(3):
        a_customer(engine, customer_code=f"C-{number}")
    first = access_for(engine, Role.ADMIN).fetch(FindCustomers(sort=sort))
    steps = plans(engine, FindCustomers(sort=sort, direction=direction, cursor=str(first.last)))
    assert [step for step in steps if re.match(r"SEARCH customers USING INDEX \w+ \(\w+[<>]\?\)", step)]
    assert not [step for step in steps if step.startswith("SCAN customers")]


def test_late_invoices_are_found_by_the_index_of_open_ones(engine: Engine) -> None:
    an_invoice(engine, a_customer(engine), due_on=NOW.date().replace(day=1), issued_on=NOW.date().replace(day=1))
    steps = plans(engine, FindCases())
    assert [step for step in steps if "ix_invoices_open" in step]
    assert not [step for step in steps if step.startswith("SCAN invoices") and "ix_invoices_open" not in step]
