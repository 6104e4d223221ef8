"""What every test may ask for: a fresh database on SQLite and on PostgreSQL, and an engine on it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data_access.engine import make_engine
from tests.support.databases import PostgresqlDatabases, SqliteDatabases
from tests.support.desk_app import DeskApp, desk_app_on
from tests.support.postgres import quick_disk, running_server


@pytest.fixture(scope="session")
def sqlite_databases() -> Iterator[SqliteDatabases]:
    with tempfile.TemporaryDirectory(prefix="desk-sqlite-", dir=quick_disk()) as folder:
        databases = SqliteDatabases(Path(folder))
        databases.prepare()
        yield databases


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[PostgresqlDatabases]:
    with running_server() as server:
        databases = PostgresqlDatabases(server)
        databases.prepare()
        yield databases


@pytest.fixture
def sqlite_url(sqlite_databases: SqliteDatabases) -> Iterator[str]:
    """An empty, migrated SQLite database, for tests that are not about databases."""
    with sqlite_databases.fresh() as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_databases: PostgresqlDatabases) -> Iterator[str]:
    """An empty, migrated PostgreSQL database."""
    with postgresql_databases.fresh() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty, migrated database: the test runs once on each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = make_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def desk_app(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeskApp]:
    """The dashboard on an empty database: signs people in and opens pages without a browser."""
    with desk_app_on(sqlite_url, monkeypatch) as app:
        yield app
