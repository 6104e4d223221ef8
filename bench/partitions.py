"""`python -m bench.partitions`: what of the schema stands in the way of partitions on PostgreSQL, and what they cost.

First each table that grows for ever, as the database itself answers. Then a book of bookings as one table and in a
partition a month: the last bookings of a customer, and how a month goes away.
"""

import statistics
import time
from dataclasses import dataclass

import psycopg

from data_access.base.engine import make_engine
from data_access.migrations import upgrade
from tests.support.postgres import Server, running_server

GROWING = {
    "transactions": "at", "allocations": "at", "command_log": "at", "change": "id", "status_events": "at",
    "messages": "at", "invoices": "issued_on",
}  # fmt: skip
ROWS, MONTHS, CUSTOMERS, LOOKS = 2_000_000, 36, 20_000, 300

_UNIQUE = """
SELECT count(*) FROM pg_index WHERE indrelid = %(table)s::regclass AND indisunique
AND NOT (SELECT attnum FROM pg_attribute WHERE attrelid = indrelid AND attname = %(column)s) = ANY (indkey)
"""
_REFERRED = "SELECT count(*) FROM pg_constraint WHERE confrelid = %(table)s::regclass AND contype = 'f'"
_GUARDS = "SELECT count(*) FROM pg_trigger WHERE tgrelid = %(table)s::regclass AND NOT tgisinternal"
_FILL = f"""
INSERT INTO {{}} SELECT n, 1 + n % {CUSTOMERS}, 
    timestamptz '2024-01-01' + (n::float8 / {ROWS}) * {MONTHS} * interval '30 days', 10
FROM generate_series(1, {ROWS}) AS n
"""
_LAST = "SELECT id, at, amount FROM {} WHERE customer_id = %s ORDER BY at DESC, id DESC LIMIT 25"
_LAST_YEAR = _LAST.replace("ORDER", "AND at >= '2026-01-01' ORDER")


@dataclass(frozen=True)
class Obstacles:
    """What has to be changed before a table can be in partitions by a column."""

    table: str
    column: str
    uniques: int
    referring: int
    guards: int
    says: str


def obstacles(connection: psycopg.Connection, table: str, column: str) -> Obstacles:
    """As the database counts and says."""
    asked = {"table": table, "column": column}
    counts = [_one(connection, statement, asked) for statement in (_UNIQUE, _REFERRED, _GUARDS)]
    try:
        connection.execute(f"CREATE TABLE trial (LIKE {table} INCLUDING ALL) PARTITION BY RANGE ({column})".encode())
        says = "taken as it is"
        connection.execute("DROP TABLE trial")
    except psycopg.Error as refusal:
        says = str(refusal).splitlines()[0]
    return Obstacles(table, column, *counts, says)


def _one(connection: psycopg.Connection, statement: str, asked: dict[str, str]) -> int:
    row = connection.execute(statement.encode(), asked).fetchone()
    assert row is not None
    return int(row[0])


def _books(connection: psycopg.Connection) -> None:
    columns = "(id bigint, customer_id int, at timestamptz, amount numeric)"
    connection.execute(f"CREATE TABLE whole {columns}".encode())
    connection.execute(f"CREATE TABLE parted {columns} PARTITION BY RANGE (at)".encode())
    for month in range(MONTHS + 1):
        first, after = (f"(timestamptz '2024-01-01' + {n} * interval '30 days')" for n in (month, month + 1))
        for_values = connection.execute(f"SELECT {first}, {after}".encode()).fetchone()
        assert for_values is not None
        bounds = f"FROM ('{for_values[0]}') TO ('{for_values[1]}')"
        connection.execute(f"CREATE TABLE month_{month} PARTITION OF parted FOR VALUES {bounds}".encode())
    for table in ("whole", "parted"):
        connection.execute(_FILL.format(table).encode())
        connection.execute(f"CREATE INDEX ON {table} (customer_id, at, id)".encode())
        connection.execute(f"ANALYZE {table}".encode())


def _milliseconds(connection: psycopg.Connection, statement: str) -> float:
    taken = []
    for look in range(LOOKS):
        begun = time.perf_counter()
        connection.execute(statement.encode(), (1 + look * 61 % CUSTOMERS,)).fetchall()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken)


def _timed(connection: psycopg.Connection, statement: str) -> float:
    begun = time.perf_counter()
    connection.execute(statement.encode())
    return (time.perf_counter() - begun) * 1000


def measure(server: Server) -> None:
    """Both tables, on the standard output."""
    server.order("CREATE DATABASE trial")
    engine = make_engine(server.url("trial"))
    upgrade(engine)
    engine.dispose()
    with server.connect("trial") as connection:
        print("table, by: unique constraints without the column / keys that refer to it / triggers; the database says")
        for table, column in GROWING.items():
            found = obstacles(connection, table, column)
            print(f"{table}, {column}: {found.uniques} / {found.referring} / {found.guards}; {found.says}")
        _books(connection)
        print(f"\n{ROWS:,} bookings of {CUSTOMERS:,} customers, ms p50: one table / a partition a month")
        for name, statement in (("last 25 of a customer", _LAST), ("the same since January", _LAST_YEAR)):
            whole, parted = (_milliseconds(connection, statement.format(table)) for table in ("whole", "parted"))
            print(f"{name}: {whole:.2f} / {parted:.2f}")
        deleted = _timed(connection, "DELETE FROM whole WHERE at < timestamptz '2024-01-01' + interval '30 days'")
        detached = _timed(connection, "ALTER TABLE parted DETACH PARTITION month_0")
        print(f"a month goes away: {deleted:.0f} / {detached:.0f}")
    server.orders.close()


if __name__ == "__main__":
    with running_server() as running:
        measure(running)
