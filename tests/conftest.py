"""Fixtures for all tests: a fresh database on SQLite and on PostgreSQL, and an engine on it."""

import gc
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import settings
from sqlalchemy import Engine, make_url
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import local_script_runner

from dashboard.kit.cache import forget
from data_access.domain import passwords
from tests.support.databases import Databases, PostgresqlDatabases, SqliteDatabases
from tests.support.desk_app import DeskApp, desk_app_on
from tests.support.examples import OF_THE_INNER_LOOP
from tests.support.postgres import quick_disk, running_server
from tests.support.sign_ins import QUICK, hashed

settings.register_profile("desk", deadline=None)  # how long an example takes tells how busy the machine is
settings.register_profile("inner-loop", settings.get_profile("desk"), max_examples=OF_THE_INNER_LOOP)
settings.load_profile("desk")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that are given more time go first: at the end, all but one process would wait for them."""
    items.sort(key=lambda item: item.get_closest_marker("timeout") is None)


gc.disable()  # while tests are collected there is nothing to find


def pytest_collection_finish() -> None:
    """What is loaded by now stays: looking through it for garbage again and again takes a quarter of the time."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _components_are_looked_for_once() -> Iterator[None]:
    """Streamlit looks through all installed packages at its start: here that would be once a page, most of its time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


def _joined(runner: local_script_runner.LocalScriptRunner, seconds: float) -> None:
    thread = runner._script_thread
    assert thread is not None
    thread.join(seconds)
    if thread.is_alive():
        runner.request_stop()
        runner.join()
        raise RuntimeError(f"The page was not drawn within {seconds} s.")


@pytest.fixture(scope="session", autouse=True)
def _pages_are_waited_for() -> Iterator[None]:
    """Streamlit asks a thousand times a second whether a page is drawn: an eighth of what drawing it takes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_script_runner, "require_widgets_deltas", _joined)
        yield


@pytest.fixture(autouse=True)
def _main_stays() -> Iterator[None]:
    """A page that runs without a browser takes the place of `__main__`, which started processes would run again."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


@pytest.fixture(scope="session", autouse=True)
def _passwords_are_quick() -> Iterator[None]:
    """To compare a password takes a fifth of a second on purpose: here hundreds are compared, and none is secret."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", QUICK)
        patch.setattr(passwords, "NOBODYS_HASH", hashed("nobody's"))
        yield


@pytest.fixture(scope="session")
def sqlite_databases() -> Iterator[SqliteDatabases]:
    with tempfile.TemporaryDirectory(prefix="desk-sqlite-", dir=quick_disk()) as folder:
        databases = SqliteDatabases(Path(folder))
        databases.prepare()
        yield databases
        databases.close()


@pytest.fixture(scope="session")
def postgresql_databases() -> Iterator[PostgresqlDatabases]:
    with running_server() as server:
        databases = PostgresqlDatabases(server)
        databases.prepare()
        yield databases
        databases.close()


@pytest.fixture
def sqlite_url(sqlite_databases: SqliteDatabases) -> str:
    """An empty, migrated SQLite database, for tests that are not about databases."""
    return _emptied(sqlite_databases)


@pytest.fixture
def sqlite_engine(sqlite_databases: SqliteDatabases) -> Engine:
    """An engine on an empty SQLite database, the same for every test."""
    _emptied(sqlite_databases)
    return sqlite_databases.kept


@pytest.fixture
def postgresql_url(postgresql_databases: PostgresqlDatabases) -> str:
    """An empty, migrated PostgreSQL database."""
    return _emptied(postgresql_databases)


def _emptied(databases: Databases) -> str:
    databases.empty()
    forget()  # what the dashboard remembers of the rows that were there
    return databases.kept.url.render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """An empty, migrated database: the test runs once on each kind."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def engine(database_url: str, request: pytest.FixtureRequest) -> Engine:
    """An engine on it, the same for every test: opening connections and compiling SQL is most of a small test."""
    kind = make_url(database_url).get_backend_name()
    databases: Databases = request.getfixturevalue(f"{kind}_databases")
    return databases.kept


@pytest.fixture
def desk_app(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeskApp]:
    """The dashboard on an empty database: signs people in and opens pages without a browser."""
    with desk_app_on(sqlite_url, monkeypatch) as app:
        yield app
