"""Databases for the tests: migrated once a session; each test gets a copy, or one that is emptied before it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import psycopg
from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection

from data_access.base.engine import make_engine
from data_access.migrations import upgrade
from data_access.models.kept.search_texts import INDEX
from tests.support.postgres import Server

TEMPLATE = "migrated"
KEPT = "kept"

# In the kept database: notes every change of the schema, and takes away all rows as long as there was none. The role is
# the session's and the tables are named once, so that the server plans it all once and not before every test.
EMPTYING = """
SET session_replication_role = replica;
CREATE SCHEMA emptying;
CREATE TABLE emptying.altered (how text);
CREATE TABLE emptying.revision AS SELECT * FROM public.alembic_version;

CREATE FUNCTION emptying.note() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN INSERT INTO emptying.altered VALUES (tg_tag); END $$;

DO $$ BEGIN
    EXECUTE (
        SELECT 'CREATE FUNCTION emptying.take_rows() RETURNS void LANGUAGE plpgsql AS ' || quote_literal(
            'BEGIN ' || string_agg(format('DELETE FROM public.%I; ', tablename), '') || 'END'
        ) FROM pg_tables WHERE schemaname = 'public'
    );
END $$;

CREATE FUNCTION emptying.emptied() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND state <> 'idle'
    AND pid <> pg_backend_pid();
    IF EXISTS (SELECT FROM emptying.altered) THEN
        RETURN false;
    END IF;
    PERFORM emptying.take_rows();
    INSERT INTO public.alembic_version SELECT * FROM emptying.revision;
    PERFORM setval(oid, 1, false) FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace;
    RETURN true;
END $$;

CREATE EVENT TRIGGER noted ON ddl_command_end EXECUTE FUNCTION emptying.note();
"""


class Databases(Protocol):
    """What the two kinds of databases have in common."""

    def prepare(self) -> None:
        """Make what every database is copied from, and the kept one."""

    def close(self) -> None:
        """Let go of the kept database."""

    def empty(self) -> None:
        """Bring the kept database back to its beginning: no rows, ids from one, the schema as it was."""

    @property
    def kept(self) -> Engine:
        """The kept database: one engine for all tests of a process, with what it has learnt."""


def migrated(url: str) -> None:
    """Bring an empty database up to the newest revision, and let go of it."""
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()


@event.listens_for(Engine, "connect")
def _backwards(connection: DBAPIConnection, _record: object) -> None:
    """Rows come backwards wherever no order is asked for, so that code that counts on one fails."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA reverse_unordered_selects=ON")


@dataclass
class SqliteDatabases(Databases):
    """Copies of one migrated file."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=count)
    schema_number: int | None = None

    def prepare(self) -> None:
        """With nothing left beside the file in a journal."""
        migrated(f"sqlite:///{self._file(TEMPLATE)}")
        with closing(sqlite3.connect(self._file(TEMPLATE))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The address of an empty, migrated database of one's own."""
        file = self._file(f"test{next(self.numbers)}")
        file.write_bytes(self._file(TEMPLATE).read_bytes())
        yield f"sqlite:///{file}"
        for left in self.folder.glob(f"{file.name}*"):
            left.unlink()

    def close(self) -> None:
        self.kept.dispose()
        for connection in self._emptying:
            connection.close()

    def empty(self) -> None:
        """Under the number that the schema had: under another one, every connection would read all of it again."""
        template, kept = self._emptying
        found = _schema_number(kept)
        template.backup(kept)
        if found == self.schema_number:
            kept.execute(f"PRAGMA schema_version={found}")
        else:  # a test changed the schema, and nobody may take what it knows of that for what stands there now
            self.schema_number = _schema_number(kept)

    @cached_property
    def _emptying(self) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        """The template, and what is written over with it: opening both and flushing take longer than the copy."""
        template, kept = sqlite3.connect(self._file(TEMPLATE)), sqlite3.connect(self._file(KEPT))
        kept.execute("PRAGMA synchronous=OFF")
        return template, kept

    @cached_property
    def kept(self) -> Engine:
        return make_engine(f"sqlite:///{self._file(KEPT)}")

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.db"


def _schema_number(connection: sqlite3.Connection) -> int:
    (number,) = connection.execute("PRAGMA schema_version").fetchone()
    return int(number)


@dataclass
class PostgresqlDatabases(Databases):
    """Copies of one migrated database on one server."""

    server: Server
    numbers: Iterator[int] = field(default_factory=count)

    def prepare(self) -> None:
        self.server.order(f"CREATE DATABASE {TEMPLATE}")
        migrated(self.server.url(TEMPLATE))
        self._make_kept()

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The address of an empty, migrated database of one's own."""
        name = f"test{next(self.numbers)}"
        self._copy(name)
        yield self.server.url(name)
        self._drop(name)

    def close(self) -> None:
        self.kept.dispose()
        self._emptying.close()

    def empty(self) -> None:
        try:
            is_empty = self._emptying.execute("SELECT emptying.emptied()").fetchone() == (True,)
        except psycopg.Error:  # the schema is not what it was: a test took the tables or their guards away
            is_empty = False
        if not is_empty:
            self._emptying.close()
            del self._emptying
            self._drop(KEPT)
            self._make_kept()

    @cached_property
    def kept(self) -> Engine:
        return make_engine(self.server.url(KEPT))

    @cached_property
    def _emptying(self) -> psycopg.Connection:
        return self.server.connect(KEPT)

    def _make_kept(self) -> None:
        self._copy(KEPT)
        self._emptying.execute(EMPTYING)

    def _copy(self, name: str) -> None:
        self.server.order(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")

    def _drop(self, name: str) -> None:
        self.server.order(f"DROP DATABASE {name} WITH (FORCE)")


def is_comparable(thing: Any, name: str | None, kind: str, is_found: bool, _other: Any) -> bool:
    """Not the tables in which SQLite keeps its index of trigrams, nor there the index that PostgreSQL has instead."""
    if is_found:
        return kind != "table" or not str(name).startswith(INDEX)
    return kind != "index" or thing._ddl_if is None
