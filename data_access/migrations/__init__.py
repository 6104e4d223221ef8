"""One history of the schema for both databases: upgrading it, and checking whether it is up to date."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect

from data_access.base.engine import Door
from data_access.base.errors import Rejected
from data_access.migrations.guards import recreate

HERE = Path(__file__).parent
_EMPTY_DATABASE = 7_240_115
_AN_HOUR = 3_600_000  # milliseconds


def config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, with the connection that it shall use."""
    settings = Config()
    settings.set_main_option("script_location", str(HERE))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Brings the database to a revision; Rejected if a newer version of the product wrote it."""
    if revision == "head" and is_current(engine):
        return
    _refuse_unknown(engine)
    with engine.connect().execution_options(door=Door(is_open=True)) as connection, _unbound(connection):
        _wait_for_others(connection)
        is_new = _revision(connection) is None
        command.upgrade(config(connection.execution_options(is_new=is_new)), revision)
        if is_new:
            recreate(connection.execution_options(is_new=False))
        _refuse_loose_ends(connection)
        connection.commit()


@contextmanager
def _unbound(connection: Connection) -> Iterator[None]:
    """Lets a migration take its time, wait as long for another one, and rebuild a table that others refer to."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0")
        yield
        return
    driver: Any = connection.connection.driver_connection
    (patience,) = driver.execute("PRAGMA busy_timeout").fetchone()
    driver.execute(f"PRAGMA busy_timeout={_AN_HOUR}")
    driver.execute("PRAGMA foreign_keys=OFF")  # before the transaction begins, or it changes nothing
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON")
        driver.execute(f"PRAGMA busy_timeout={patience}")


def _wait_for_others(connection: Connection) -> None:
    """Two at once on PostgreSQL: the second finds what the first has done. On SQLite its transaction waits to begin."""
    if connection.dialect.name != "postgresql":
        return
    if inspect(connection).has_table("alembic_version"):
        connection.exec_driver_sql("LOCK TABLE alembic_version IN EXCLUSIVE MODE")  # a role that reads may not
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_EMPTY_DATABASE})")  # nobody reads here yet


def _refuse_loose_ends(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        loose = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if loose:
            raise RuntimeError(f"rows that refer to nothing after the migration: {loose[:5]}")


def is_current(engine: Engine) -> bool:
    """Whether the database stands at the newest revision."""
    with engine.connect() as connection:
        return _revision(connection) == _scripts().get_current_head()


def _refuse_unknown(engine: Engine) -> None:
    with engine.connect() as connection:
        found = _revision(connection)
    if found is not None and found not in {script.revision for script in _scripts().walk_revisions()}:
        raise Rejected(
            f"The database is at revision {found}, which this version does not know: a newer version wrote it. "
            "Start that version, or give another DATABASE_URL."
        )


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@cache
def _scripts() -> ScriptDirectory:
    """Read once: the history does not change while a program runs."""
    return ScriptDirectory.from_config(config())
