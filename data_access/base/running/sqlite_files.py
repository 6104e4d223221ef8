"""The file of a SQLite database: copied while people work, and checked for damage."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine

from data_access.base.engine import keep_private
from data_access.base.errors import Rejected

_MOST_TOLD = 20


def file_of(engine: Engine) -> Path:
    """Where the database stands. Rejected where there is none, and on PostgreSQL, which has its own programs."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        raise Rejected(
            "This is for SQLite files. PostgreSQL is backed up by pg_basebackup and pg_dump, and checked by pg_amcheck."
        )
    file = Path(engine.url.database)
    if not file.exists() or not file.stat().st_size:
        raise Rejected(f"There is no database at {file}.")
    return file


def back_up(engine: Engine, to: Path) -> int:
    """Writes the database as it is at one moment to a new file, looks through that, and gives its size in bytes."""
    file = file_of(engine)
    if to.exists():
        raise Rejected(f"{to} is there already, and no backup is written over: give another name.")
    part = to.with_name(f"{to.name}.part")
    try:
        part.unlink(missing_ok=True)
        keep_private(part)
        with closing(_opened(file)) as own, closing(sqlite3.connect(part)) as copy:
            own.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing left beside it
    except OSError as trouble:
        raise Rejected(f"{to} cannot be written: {trouble.strerror}.") from trouble
    damage = damage_in(part)
    if damage:
        raise Rejected(f"The copy is damaged and stays at {part}: {damage[0]}.")
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.rename(to)
    return to.stat().st_size


def damage_in(file: Path) -> list[str]:
    """What is wrong with the file: pages, indexes, constraints, and rows that refer to nothing; empty if nothing is."""
    try:
        with closing(_opened(file)) as connection:
            told = [row[0] for row in connection.execute(f"PRAGMA integrity_check({_MOST_TOLD})")]
            loose = connection.execute("PRAGMA foreign_key_check").fetchmany(_MOST_TOLD)
    except sqlite3.DatabaseError as trouble:
        return [str(trouble)]
    lost = [f"row {row} of {table} refers to no row of {other}" for table, row, other, _ in loose]
    return [line for line in told if line != "ok"] + lost


def _opened(file: Path) -> sqlite3.Connection:
    """A connection that reads alone, for as long as it takes."""
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
