"""Each filter in each order: a page of the list is read off an index, from either end, however large the book is."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, make_url, text

from data_access.base.bookings import Kind
from data_access.base.engine import make_engine
from data_access.base.permissions import Role
from data_access.commands.billing.money import BookTransaction
from data_access.queries.audit.audit import AuditChoices, FindChanges, FindCommands
from data_access.queries.audit.audit_filter import AuditFilter
from data_access.queries.collections.cases import FindCases
from data_access.queries.lists.customers import FindCustomers
from data_access.queries.pagination.by_key import ORDERS, Sort
from data_access.queries.pagination.pages import Direction
from data_access.queries.planned.planned import PeriodsClosing
from data_access.search.filters import CustomerFilter
from data_access.store.access import Query, new_command_id
from data_access.store.bulk import know_the_rows
from tests.data_access.test_list_plans import ALL_FACETS, statements_on, steps_of
from tests.support.builders import a_class, a_customer, an_invoice
from tests.support.people import access_for

STATISTICS = Path(__file__).parents[1] / "data" / "statistics-of-a-million.txt"
ENTERED = {  # by which column a filter is looked up; the order is then that of the index
    "customer_class": "customer_class_id", "currency": "currency", "country": "country",
    **{f"status={one}": "bill_status" for one in ("exported", "suspended", "provisionally_terminated", "active")},
    "status=suspension_lifted": "bill_status",
}  # fmt: skip
OF_FEW = {"lift_ends_within", "terminates_within", "terminates_before"}  # found by an index of few, and put in order
RANGES = {"balance_from", "balance_to"}
SEARCHED = {"q", "match"}
SORTS = [(sort, direction) for sort in Sort for direction in (Direction.FIRST, Direction.LAST)]


@pytest.fixture(params=["nothing known", "as of a million"])
def engine_that_knows(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[Engine]:
    """With what the planner knows of a new file, and with the statistics of a million customers."""
    if request.param == "as of a million":
        with closing(sqlite3.connect(make_url(sqlite_url).database or "")) as connection, connection:
            connection.execute("ANALYZE sqlite_schema")
            rows = [row.split("|") for row in STATISTICS.read_text().splitlines()]
            connection.executemany("INSERT INTO sqlite_stat1 VALUES (?, nullif(?, ''), ?)", rows)
    engine = make_engine(sqlite_url)
    yield engine
    engine.dispose()


def page_steps(engine: Engine, params: dict[str, str], sort: Sort, direction: Direction) -> str:
    chosen, unread = CustomerFilter.from_params({name: [value] for name, value in params.items()})
    assert not unread
    access = access_for(engine)
    with statements_on(engine) as sent:
        access.fetch(FindCustomers(chosen, sort=sort, direction=direction))
    return steps_of(engine, [one for one in sent if re.search(r"^SELECT customers\.id, .*place_0", one[0])])


def asked(name: str) -> dict[str, str]:
    facet, _, value = name.partition("=")
    return {facet: value or ALL_FACETS[facet]}


@pytest.mark.parametrize("name", [*ENTERED, *sorted(ALL_FACETS.keys() - ENTERED.keys() - OF_FEW - SEARCHED)])
def test_a_page_is_read_off_an_index_in_its_order(engine_that_knows: Engine, name: str) -> None:
    for sort, direction in SORTS:
        if name in RANGES and sort is Sort.OVERDUE:
            continue  # the range is read, and put in order
        steps = page_steps(engine_that_knows, asked(name), sort, direction)
        assert "TEMP B-TREE" not in steps, (sort, direction, steps)
        if name in ENTERED:
            ordered = ORDERS[sort].columns[0].key
            assert f"ix_customers_live_{ENTERED[name]}_{ordered}" in steps, (sort, direction, steps)
        assert "customers USING" in steps, (sort, direction, steps)


@pytest.mark.parametrize("name", sorted(OF_FEW))
@pytest.mark.parametrize("engine_that_knows", ["as of a million"], indirect=True)
def test_few_are_found_by_an_index_of_their_own(engine_that_knows: Engine, name: str) -> None:
    steps = page_steps(engine_that_knows, asked(name), Sort.NAME, Direction.FIRST)
    index = "ix_customers_(suspension_lifted_until|live_ending)"
    assert re.search(f"SEARCH customers USING COVERING INDEX {index}", steps)  # has their names, too


AUDITS: tuple[tuple[Query[Any], str], ...] = (
    (AuditChoices(), "SEARCH command_log USING COVERING INDEX ix_command_log_name_number"),
    (
        FindCommands(AuditFilter(customer="C-1")),
        "SEARCH command_log USING INDEX ix_command_log_customer_id_at",
    ),
    (FindCommands(AuditFilter(kind="AddNote")), "SEARCH command_log USING INDEX ix_command_log_name_number"),
    (FindChanges(AuditFilter(field="Customer.fax")), "SEARCH change USING INDEX ix_change_field"),
    (FindChanges(AuditFilter(customer="C-1")), "SEARCH change USING INDEX ix_change_customer"),
)


@pytest.mark.parametrize(("query", "step"), AUDITS)
def test_the_audit_is_looked_up_and_never_read_through(engine_that_knows: Engine, query: Query[Any], step: str) -> None:
    a_customer(engine_that_knows, customer_code="C-1")
    access = access_for(engine_that_knows, Role.ANALYST)
    with statements_on(engine_that_knows) as sent:
        access.fetch(query)
    steps = steps_of(engine_that_knows, sent)
    assert step in steps
    assert not re.search(r"SCAN (command_log|change)(?! USING COVERING INDEX ix_command_log_login_at)", steps)


def test_an_index_serves_each_of_them_on_postgresql_too(postgresql_url: str) -> None:
    """The planner is told that to read or sort a table takes long, as it does with a million rows in it."""
    engine = make_engine(postgresql_url)
    access = access_for(engine)
    for name in ENTERED:
        for sort in Sort:
            chosen, _ = CustomerFilter.from_params({key: [value] for key, value in asked(name).items()})
            with statements_on(engine) as sent:
                access.fetch(FindCustomers(chosen, sort=sort))
            told = [one for one in sent if "place_0" in one[0]]
            with engine.connect() as connection:
                for setting in ("enable_seqscan", "enable_sort", "enable_bitmapscan", "enable_incremental_sort"):
                    connection.execute(text(f"SET LOCAL {setting} = off"))
                plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {told[0][0]}", told[0][1]))
            assert "Sort" not in plan, plan
            assert "Index" in plan, plan
    engine.dispose()


def test_nobody_is_told_by_the_counts_before_the_list_is_read(sqlite_engine: Engine) -> None:
    a_class(sqlite_engine, name="Gold")
    access = access_for(sqlite_engine)
    with statements_on(sqlite_engine) as sent:
        chosen = CustomerFilter(customer_class=frozenset(("Gold",)), currency=frozenset(("JPY",)))
        assert access.fetch(FindCustomers(chosen)).rows == ()
    assert not any("place_0" in statement for statement, _ in sent)


def test_closing_periods_are_counted_off_an_index_alone(engine_that_knows: Engine) -> None:
    access = access_for(engine_that_knows)
    with statements_on(engine_that_knows) as sent:
        access.fetch(PeriodsClosing(14))
    steps = steps_of(engine_that_knows, sent)
    assert steps.count("customers USING") == 2
    assert steps.count("SEARCH customers USING COVERING INDEX ix_customers_closing (closes_at<?)") == 2


def test_sqlite_is_told_how_many_rows_there_are(sqlite_url: str) -> None:
    engine = make_engine(sqlite_url)
    a_customer(engine)
    know_the_rows(engine)
    with engine.connect() as connection:
        told = connection.exec_driver_sql("SELECT stat FROM sqlite_stat1 WHERE idx = 'ix_customers_live_name'")
        assert told.scalar_one().startswith("1 ")
    engine.dispose()


def test_each_queue_of_collections_enters_an_index_of_its_own(engine_that_knows: Engine) -> None:
    access = access_for(engine_that_knows)
    with statements_on(engine_that_knows) as sent:
        access.fetch(FindCases())
    steps = steps_of(engine_that_knows, [one for one in sent if "place_0" in one[0]])
    assert "MULTI-INDEX OR" not in steps
    assert "SCAN customers" not in steps
    by_status = r"customers USING (?:COVERING )?INDEX ix_customers_live_bill_status_first_overdue_from\b"
    assert len(re.findall(by_status, steps)) == 5, steps  # all but the lifts, which are few


def test_a_payment_reads_what_belongs_to_its_customer(engine_that_knows: Engine) -> None:
    """SQLite believes that few bookings take nothing back, and would read nearly all of them for one customer's."""
    customer = a_customer(engine_that_knows)
    an_invoice(engine_that_knows, customer)
    payment = BookTransaction(
        command_id=new_command_id(), customer_id=customer, kind=Kind.MANUAL_PAYMENT, amount=Decimal(1),
        reference="P-1",
    )  # fmt: skip
    with statements_on(engine_that_knows) as sent:
        access_for(engine_that_knows).execute(payment)
    steps = steps_of(engine_that_knows, sent)
    assert "SEARCH transactions USING INDEX ix_transactions_customer" in steps
    assert not re.search(r"(SCAN|SEARCH) (transactions|allocations) USING INDEX sqlite_autoindex", steps)
