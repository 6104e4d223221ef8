"""The databases that tests are given are real, empty, up to date and gone afterwards."""

from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, func, select, text

from data_access.base.engine import Door
from data_access.migrations import is_current
from data_access.migrations.every_table import every_table
from data_access.models.customers import Customer
from data_access.models.history import CommandLog
from tests.support.builders import a_customer
from tests.support.databases import KEPT, Databases, is_comparable


def test_a_test_gets_an_empty_database(engine):
    with engine.connect() as connection:
        assert connection.scalar(select(func.count(Customer.id))) == 0


def test_a_test_gets_a_migrated_database(engine):
    assert is_current(engine)


def test_the_same_test_runs_on_both_kinds(engine, request):
    assert engine.dialect.name in request.node.callspec.id


@pytest.fixture
def databases(engine: Engine, request: pytest.FixtureRequest) -> Databases:
    return request.getfixturevalue(f"{engine.dialect.name}_databases")


def changed(engine: Engine, *statements: str) -> None:
    with engine.connect().execution_options(door=Door(is_open=True)) as connection:
        for statement in statements:
            connection.execute(text(statement))
        connection.commit()


def test_rows_of_the_test_before_are_gone_and_ids_begin_at_one(engine, databases):
    a_customer(engine)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count(CommandLog.id)))
    databases.empty()
    with engine.connect() as connection:
        assert [
            connection.scalar(select(func.count()).select_from(table)) for table in every_table().sorted_tables
        ] == ([0] * len(every_table().sorted_tables))
    assert a_customer(engine) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE customers ADD COLUMN own text",
        "DROP INDEX ix_customers_overdue",
        "CREATE TABLE own (id int)",
        "UPDATE alembic_version SET version_num = '9999'",
        "DROP TABLE alembic_version",
    ],
)
def test_a_schema_that_a_test_changed_is_as_before(engine, databases, statement):
    changed(engine, statement)
    databases.empty()
    with engine.connect() as connection:
        assert (
            compare_metadata(
                MigrationContext.configure(connection, opts={"include_object": is_comparable}), every_table()
            )
            == []
        )
    assert is_current(engine)


def test_nobody_takes_one_changed_schema_for_another(engine, databases):
    for table in ("own", "other"):
        changed(engine, f"CREATE TABLE {table} (id int)")
        with engine.connect() as one, engine.connect() as other:
            for connection in (one, other):
                connection.execute(text(f"SELECT id FROM {table}"))
        databases.empty()


def test_a_transaction_that_a_test_left_open_does_not_outlive_it(postgresql_databases):
    left = psycopg.connect(host=str(postgresql_databases.server.socket), user="desk", dbname=KEPT)
    left.execute("LOCK TABLE customers")
    postgresql_databases.empty()
    with pytest.raises(psycopg.OperationalError, match="terminating connection"):
        left.execute("SELECT 1")
    left.close()


def test_a_file_is_gone_afterwards(sqlite_databases):
    with sqlite_databases.fresh() as url:
        file = Path(url.removeprefix("sqlite:///"))
        assert file.exists()
    assert not list(file.parent.glob(f"{file.name}*"))


def test_a_database_is_gone_afterwards(postgresql_databases):
    with postgresql_databases.fresh() as url:
        name = url.partition("?")[0].rpartition("/")[2]
    socket = str(postgresql_databases.server.socket)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(host=socket, user="desk", dbname=name)
