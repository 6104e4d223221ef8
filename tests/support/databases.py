"""Fresh databases for the tests: migrated once a session, copied for each test, dropped after it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from data_access.engine import make_engine
from data_access.migrations import upgrade
from tests.support.postgres import Server

TEMPLATE = "migrated"


def migrated(url: str) -> None:
    """Bring an empty database up to the newest revision, and let go of it."""
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()


@dataclass(frozen=True, slots=True)
class SqliteDatabases:
    """Copies of one migrated file."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=count)

    def prepare(self) -> None:
        """Make the file that every test's database is copied from, with nothing left beside it in a journal."""
        migrated(f"sqlite:///{self._file(TEMPLATE)}")
        with closing(sqlite3.connect(self._file(TEMPLATE))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The address of an empty, migrated database."""
        file = self._file(f"test{next(self.numbers)}")
        file.write_bytes(self._file(TEMPLATE).read_bytes())
        yield f"sqlite:///{file}"
        for left in self.folder.glob(f"{file.name}*"):
            left.unlink()

    def _file(self, name: str) -> Path:
        return self.folder / f"{name}.db"


@dataclass(frozen=True, slots=True)
class PostgresqlDatabases:
    """Copies of one migrated database on one server."""

    server: Server
    numbers: Iterator[int] = field(default_factory=count)

    def prepare(self) -> None:
        """Make the database that every test's database is copied from."""
        self.server.order(f"CREATE DATABASE {TEMPLATE}")
        migrated(self.server.url(TEMPLATE))

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """The address of an empty, migrated database."""
        name = f"test{next(self.numbers)}"
        self.server.order(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
        yield self.server.url(name)
        self.server.order(f"DROP DATABASE {name} WITH (FORCE)")
