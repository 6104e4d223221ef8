"""Engines: the only way to open a database, and a fair queue for it. Only a declared write path can write."""

import os
import re
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import Error as PsycopgError
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Dialect, Engine, QueuePool, create_engine, event, make_url, text

from data_access.base.errors import Busy, Rejected

_READS = re.compile(r"\s*(SELECT|PRAGMA|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|EXPLAIN|SHOW|SET)\b", re.IGNORECASE)
_WRITES_TO = re.compile(r"\s*(?:INSERT\s+(?:OR\s+\w+\s+)?INTO|UPDATE|DELETE\s+FROM)\s+\"?(\w+)", re.IGNORECASE)
_WRITES_INSIDE = re.compile(r"\b(INSERT\s+INTO|DELETE\s+FROM|UPDATE\s+\w+\s+SET)\b", re.IGNORECASE)


_OWNER_ONLY = 0o600
_STOP_AFTER = text("SELECT set_config('statement_timeout', :most, true)")
_CONNECT_SECONDS = 5
_PLANNER = {"random_page_cost": "1.1", "jit": "off"}  # what is read lies in memory, and nothing is worth compiling
_READ_ONLY = "mode=ro&uri=true"
_STEPS_BETWEEN_LOOKS = 100_000
_STATEMENTS = 100


@dataclass(frozen=True, slots=True)
class DatabaseLimits:
    """What a process takes of a database, and how long it waits. All but the statement is for PostgreSQL alone.

    The pool keeps as many connections as read at once, and opens as many more as write at once.
    """

    pool_size: int = 8
    pool_overflow: int = 8
    statement_seconds: float = 30.0  # a read that takes longer is stopped
    lock_seconds: float = 10.0  # whoever waits longer for a row is told that the database is busy
    idle_seconds: float = 120.0  # a transaction whose program has gone silent holds its locks no longer
    application_name: str = "customer-desk"


_USUAL = DatabaseLimits()


class Turnstile:
    """A fair gate: at most `places` inside, the rest wait in order of arrival."""

    def __init__(self, places: int, patience_seconds: float = 20.0) -> None:
        self._free, self._patience = places, patience_seconds
        self._lock, self._waiting = threading.Lock(), deque[threading.Event]()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Busy when no place came free in time."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    @property
    def waiting(self) -> int:
        """How many stand in line."""
        return len(self._waiting)

    def _enter(self) -> None:
        with self._lock:
            if self._free and not self._waiting:
                self._free -= 1
                return
            called = threading.Event()
            self._waiting.append(called)
        if called.wait(self._patience):
            return
        with self._lock:
            if not called.is_set():
                self._waiting.remove(called)
                raise Busy

    def _leave(self) -> None:
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()  # the place goes straight to the next in line
            else:
                self._free += 1


class Door:
    """What a connection that may write carries: open only while the holder says so. It notes what was written to."""

    def __init__(self, *, is_open: bool = False) -> None:
        self.is_open, self.tables = is_open, set[str]()


_READ: ContextVar[set[str] | None] = ContextVar("read", default=None)
_PATIENCE: ContextVar[float | None] = ContextVar("patience", default=None)  # of reads on SQLite; None: the usual


@contextmanager
def noting_reads() -> Iterator[set[str]]:
    """The statements that read, as they are sent inside the block."""
    statements: set[str] = set()
    before = _READ.set(statements)
    try:
        yield statements
    finally:
        _READ.reset(before)


# by the dialect: one an engine, shared by its views with other options; `dispose` makes another pool
_TURNS: WeakKeyDictionary[Dialect, tuple[Turnstile, Turnstile]] = WeakKeyDictionary()
_SQLITE_PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", "temp_store=MEMORY",
    "recursive_triggers=ON",
)  # fmt: skip


def make_engine(url: str, limits: DatabaseLimits = _USUAL) -> Engine:
    """An engine for a SQLite file or PostgreSQL; makes the folder of a SQLite file."""
    is_sqlite = make_url(url).get_backend_name() == "sqlite"
    engine = _sqlite(url, limits) if is_sqlite else _postgresql(url, limits)
    event.listen(engine, "before_cursor_execute", _refuse_without_door)
    reads, writes = (2, 1) if is_sqlite else (limits.pool_size, limits.pool_overflow)
    _TURNS[engine.dialect] = Turnstile(reads), Turnstile(writes)
    return engine


@contextmanager
def apart(engine: Engine) -> Iterator[Engine]:
    """The same database for a trial by which nobody else waits: on SQLite a copy, gone afterwards."""
    if engine.dialect.name != "sqlite":
        yield engine
        return
    with TemporaryDirectory(prefix="trial-") as folder:
        file = Path(folder) / "trial.db"
        with closing(sqlite3.connect(file)) as copy, closing(engine.raw_connection()) as own:
            own.driver_connection.backup(copy)  # type: ignore[union-attr]  # SQLite's own
        trial = make_engine(f"sqlite:///{file}")
        event.listen(trial, "connect", _keep_no_log)
        try:
            yield trial
        finally:
            trial.dispose()


def pool_state(engine: Engine) -> dict[str, int]:
    """How many connections are in use and idle, and how many wait for a turn to read or to write."""
    reads, writes = _TURNS[engine.dialect]
    pool = engine.pool
    connections = {"in_use": pool.checkedout(), "idle": pool.checkedin()} if isinstance(pool, QueuePool) else {}
    return connections | {"waiting_to_read": reads.waiting, "waiting_to_write": writes.waiting}


def read_turn(engine: Engine) -> AbstractContextManager[None]:
    """A place among the few that read at once: more threads than that only fight for the interpreter."""
    return _TURNS[engine.dialect][0].turn()


def write_turn(engine: Engine) -> AbstractContextManager[None]:
    """The next turn to write; on SQLite there is one place."""
    return _TURNS[engine.dialect][1].turn()


def read_only(url: str) -> str:
    """The address by which a SQLite file is opened for reading alone."""
    return f"sqlite:///{Path(make_url(url).database or '').resolve().as_uri()}?{_READ_ONLY}"


def _sqlite(url: str, limits: DatabaseLimits) -> Engine:
    file = None if url.endswith(f"?{_READ_ONLY}") else make_url(url).database
    if file and file != ":memory:":
        _refuse_orphan(file)
        try:
            Path(file).parent.mkdir(parents=True, exist_ok=True)
            keep_private(Path(file))
        except OSError as trouble:
            raise Rejected(f"The database file {file} cannot be used: {trouble.strerror}.") from trouble
    engine = create_engine(url, pool_size=8, max_overflow=24, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "before_cursor_execute", partial(_set_deadline, limits.statement_seconds))
    return engine


def keep_private(file: Path) -> None:
    """Makes a file that its owner alone can read, or takes it from everybody else; what SQLite lays beside follows."""
    if not file.exists():
        file.touch(mode=_OWNER_ONLY)
    for one in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        if one.exists() and one.stat().st_uid == os.getuid():
            one.chmod(_OWNER_ONLY)


def _refuse_orphan(file: str) -> None:
    """SQLite would say "disk I/O error". The journal is looked for first: it never stands before its file does."""
    if Path(f"{file}-wal").exists() and not Path(file).exists():
        raise Rejected(
            f"The database file {file} is gone, but its journal {file}-wal is still there. "
            f"Put the file back, or delete {file}-wal and {file}-shm as well to start over."
        )


def spare_the_disk(engine: Engine) -> None:
    """For what can be made again: a SQLite file is not flushed at each commit; a power cut may take the last ones."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _write_without_waiting)


def _keep_no_log(connection: Any, _record: Any) -> None:
    """What a long transaction has written is looked for in each part of its log: a large trial would get slow."""
    connection.execute("PRAGMA journal_mode=TRUNCATE")
    connection.execute("PRAGMA synchronous=OFF")


def _write_without_waiting(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")


def _prepare_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite, not by the driver
    for pragma in _SQLITE_PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
    record.info["deadline"] = float("inf")
    connection.set_progress_handler(lambda: time.monotonic() > record.info["deadline"], _STEPS_BETWEEN_LOOKS)


def _set_deadline(usual: float, conn: Connection, *_: Any) -> None:
    reads = conn.get_execution_options().get("door") is None
    conn.info["deadline"] = time.monotonic() + (_PATIENCE.get() or usual) if reads else float("inf")


@contextmanager
def hurrying(conn: Connection, seconds: float) -> Iterator[None]:
    """Whatever is read inside is stopped sooner than other reads are; the connection is then good for nothing more."""
    if conn.dialect.name != "sqlite":
        conn.execute(_STOP_AFTER, {"most": f"{seconds * 1000:.0f}"})
    before = _PATIENCE.set(seconds)
    try:
        yield
    finally:
        _PATIENCE.reset(before)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("door") is not None
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: str, limits: DatabaseLimits) -> Engine:
    timeouts = {
        "statement_timeout": limits.statement_seconds,
        "lock_timeout": limits.lock_seconds,
        "idle_in_transaction_session_timeout": limits.idle_seconds,
    }
    settings = _PLANNER | {name: f"{seconds * 1000:.0f}" for name, seconds in timeouts.items()}
    session = "-c timezone=UTC " + " ".join(f"-c {name}={value}" for name, value in settings.items())
    options = {
        "options": session, "application_name": limits.application_name, "connect_timeout": _CONNECT_SECONDS,
    }  # fmt: skip
    engine = create_engine(
        url,
        pool_size=limits.pool_size,
        max_overflow=limits.pool_overflow,
        pool_pre_ping=True,
        pool_recycle=1800,
        connect_args=options,
        hide_parameters=True,
    )
    event.listen(engine, "rollback", _end_reading)
    return engine


def _end_reading(conn: Connection) -> None:
    """Ends by a commit what cannot have written: psycopg forgets the statements it has prepared at each rollback."""
    if conn.invalidated or conn.get_execution_options().get("door") is not None:
        return
    driver: Any = conn.connection.driver_connection
    if driver.info.transaction_status == TransactionStatus.INTRANS:
        with suppress(PsycopgError):  # of a connection that is lost the rollback tells
            driver.commit()


def _refuse_without_door(conn: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    if _READS.match(statement) or (statement.lstrip()[:4].upper() == "WITH" and not _WRITES_INSIDE.search(statement)):
        if (noted := _READ.get()) is not None:
            noted.add(statement)
        return
    door = conn.get_execution_options().get("door")
    if door is None or not door.is_open:
        raise RuntimeError("a write outside the unit of work, the bulk door and the technical door")
    door.tables.update(_written_to(statement))


@lru_cache(_STATEMENTS)  # a statement of many rows is long, and sent again and again
def _written_to(statement: str) -> frozenset[str]:
    return frozenset(_WRITES_TO.findall(statement))
