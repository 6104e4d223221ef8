"""The first row of each key in a file, on the disk: however many rows there are, memory holds a few of them."""

import sqlite3
from collections.abc import Hashable, Iterator
from contextlib import closing, contextmanager
from hashlib import blake2b
from typing import NamedTuple

_ON_THE_DISK = ""  # a database of its own that nobody else sees, gone when it is closed
_TABLE = "CREATE TABLE seen (key BLOB PRIMARY KEY, number INTEGER, code TEXT) WITHOUT ROWID"
_ADD = "INSERT INTO seen VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_FIND = "SELECT number, code FROM seen WHERE key = ?"


class Seen(NamedTuple):
    """Of a row all that later ones are compared with: its line, and the cell of its Customer ID."""

    number: int
    code: str


class FirstRows:
    """By key the first row that had it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def of(self, key: Hashable, row: Seen) -> Seen:
        """The first row with this key: this one, if there was none before."""
        digest = blake2b(repr(key).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        if self._connection.execute(_ADD, (digest, *row)).rowcount:
            return row
        return Seen(*self._connection.execute(_FIND, (digest,)).fetchone())


@contextmanager
def first_rows() -> Iterator[FirstRows]:
    """Gone afterwards."""
    with closing(sqlite3.connect(_ON_THE_DISK, isolation_level=None)) as connection:
        connection.execute(_TABLE)
        connection.execute("BEGIN")
        yield FirstRows(connection)
