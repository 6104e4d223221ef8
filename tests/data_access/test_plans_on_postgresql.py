"""How PostgreSQL answers with the statistics of a large book: no work that is measured reads a table to its end."""

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from bench.million.works import works
from data_access.base.bookings import Kind
from data_access.base.engine import make_engine
from data_access.base.permissions import SYSTEM
from data_access.commands.billing.money import BookTransaction
from data_access.store.access import Access, new_command_id
from tests.data_access.test_list_plans import statements_on
from tests.support.builders import a_class, a_customer, a_suspended_customer, an_invoice
from tests.support.databases import Databases
from tests.support.people import NOW, access_for

STATISTICS = Path(__file__).parents[1] / "data" / "statistics-on-postgresql.jsonl"  # of 300,000 customers
LARGE = {
    "allocations", "change", "command_log", "customers", "invoices", "search_texts", "status_events", "transactions",
}  # fmt: skip
OF_FEW = {"ix_customers_timed", "ix_customers_temporary_limit_until"}  # read whole: whose status the clock may change
KEEPS_PLACE = {"Append", "Merge Append", "Nested Loop", "Result", "Subquery Scan", "LockRows", "ProjectSet"}
_KNOWN = (
    ("null_frac", "real"), ("n_distinct", "real"), ("correlation", "real"), ("most_common_vals", "text"),
    ("most_common_freqs", "real[]"), ("histogram_bounds", "text"),
)  # fmt: skip


@pytest.fixture(scope="module")
def engine(postgresql_databases: Databases) -> Iterator[Engine]:
    """A few customers, of whom the planner believes that they are many. On a database of its own."""
    with postgresql_databases.fresh() as url:
        engine = make_engine(url)
        a_class(engine, currency="EUR")
        for _ in range(3):
            pay(engine, an_invoice_of(engine))
        a_suspended_customer(engine)
        believe(engine)
        yield engine
        engine.dispose()


def an_invoice_of(engine: Engine) -> int:
    customer = a_customer(engine)
    an_invoice(engine, customer)
    return customer


def pay(engine: Engine, customer: int) -> None:
    access_for(engine).execute(
        BookTransaction(
            command_id=new_command_id(), customer_id=customer, kind=Kind.MANUAL_PAYMENT, amount=Decimal(1),
            reference="P-1",
        )
    )  # fmt: skip


def believe(engine: Engine) -> None:
    """Each page of a table holds as many rows as the whole of the large one."""
    with engine.connect() as connection, connection.connection.cursor() as cursor:
        for line in STATISTICS.read_text().splitlines():
            table, *known = json.loads(line)
            if len(known) == 1:
                cursor.execute("UPDATE pg_class SET reltuples = %s, relpages = 1 WHERE relname = %s", (*known, table))
                continue
            column, *values = known
            told = {name: (kind, _array(value)) for (name, kind), value in zip(_KNOWN, values, strict=True)}
            said = "".join(f", '{name}', %s::{kind}" for name, (kind, value) in told.items() if value is not None)
            cursor.execute(
                "SELECT pg_restore_attribute_stats('schemaname', 'public', 'inherited', false, 'relname', %s::text,"
                f" 'attname', %s::text{said})",
                [table, column, *(value for _, value in told.values() if value is not None)],
            )
        connection.connection.commit()


def _array(value: Any) -> Any:
    if not isinstance(value, list) or not isinstance(value[0], str):
        return value
    return "{" + ",".join(json.dumps(one, ensure_ascii=False) for one in value) + "}"


def read_whole(step: dict[str, Any], *, is_page: bool = False) -> Iterator[str]:
    """The steps that read a large table, or an index of it, to the end. `is_page`: no further than a page is wanted."""
    kind, index = step["Node Type"], step.get("Index Name", "")
    is_page = kind == "Limit" or (is_page and (kind in KEEPS_PLACE or "Relation Name" in step))
    reads = kind in ("Seq Scan", "Index Scan", "Index Only Scan") and step["Relation Name"] in LARGE
    if reads and "Index Cond" not in step and index not in OF_FEW and not (is_page and index):
        yield f"{kind} {index} of {step['Relation Name']}"
    for one in step.get("Plans", ()):
        yield from read_whole(one, is_page=is_page)


def plans(engine: Engine) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each statement of each work, with how it would be answered."""
    access = Access(engine, SYSTEM, lambda: NOW + timedelta(days=40))
    for name, query in works(engine):
        with statements_on(engine) as sent:
            access.fetch(query)
        with engine.connect() as connection:
            connection.execute(text("SET LOCAL seq_page_cost = 10000"))  # as many as the one page stands for
            for statement, given in sent:
                told = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", given).scalar_one()
                yield name, told[0]["Plan"]


def test_no_work_reads_a_large_table_to_its_end(engine: Engine) -> None:
    found = {(name, step) for name, plan in plans(engine) for step in read_whole(plan)}
    assert found == set()
