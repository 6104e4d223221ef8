"""`python -m bench.aspects`: what contacts in the row of a customer cost each booking, on PostgreSQL.

Two copies of the table with its indexes, one of them without the contacts and what they are found by, in turns.
"""

import statistics

import psycopg

from data_access.base.engine import make_engine
from data_access.fields.field import fields_of
from data_access.migrations import upgrade
from data_access.models.customers import AddressInfo, Customer
from data_access.seed.demo import seed
from tests.support.postgres import Server, running_server

CUSTOMERS, TURNS, A_TURN = 3_000, 6, 250
CONTACTS = [field.name for field in fields_of(Customer, AddressInfo)] + [
    "email_key",
    "phone_key",
    "city_key",
    "texts_key",
]
WHOLE, WITHOUT = "whole", "without_contacts"
_BOOKED = "UPDATE {} SET balance = balance + 1, outstanding = outstanding + 1, version = version + 1 WHERE id = %s"
_SIZES = "SELECT pg_table_size({0}) / {1}, pg_indexes_size({0}) / {1}"


def measured(connection: psycopg.Connection) -> dict[str, tuple[float, float]]:
    """Of each copy, the median of milliseconds and of bytes of the log that a booking takes."""
    taken: dict[str, list[tuple[float, float]]] = {WHOLE: [], WITHOUT: []}
    ids = [row[0] for row in connection.execute("SELECT id FROM customers ORDER BY id").fetchall()]
    for turn in range(TURNS):
        for table, found in taken.items():
            explained = f"EXPLAIN (ANALYZE, WAL, FORMAT JSON) {_BOOKED.format(table)}".encode()
            for customer in ids[turn * A_TURN : (turn + 1) * A_TURN]:
                for ((plan,),) in connection.execute(explained, [customer]):
                    found.append((plan["Execution Time"], plan["Plan"]["WAL Bytes"]))
    return {
        table: (statistics.median(ms for ms, _ in found), statistics.median(size for _, size in found))
        for table, found in taken.items()
    }


def _copies(connection: psycopg.Connection) -> None:
    for table in (WHOLE, WITHOUT):
        connection.execute(f"CREATE TABLE {table} (LIKE customers INCLUDING INDEXES)".encode())
        connection.execute(f"INSERT INTO {table} SELECT * FROM customers".encode())
    for column in CONTACTS:
        connection.execute(f"ALTER TABLE {WITHOUT} DROP COLUMN {column} CASCADE".encode())
    for table in (WHOLE, WITHOUT):
        connection.execute(f"VACUUM (FULL, ANALYZE) {table}".encode())


def _filled(server: Server) -> psycopg.Connection:
    server.order("CREATE DATABASE desk")
    engine = make_engine(server.url("desk"))
    upgrade(engine)
    seed(engine, CUSTOMERS)
    engine.dispose()
    return server.connect("desk")


def main() -> None:
    """Prints a line for each copy."""
    with running_server() as server, _filled(server) as connection:
        _copies(connection)
        for table, (milliseconds, log) in measured(connection).items():
            sizes = connection.execute(_SIZES.format(f"'{table}'", CUSTOMERS).encode()).fetchone()
            assert sizes is not None
            print(
                f"{table:<17} {milliseconds:.2f} ms and {log:,.0f} bytes of the log a booking; "
                f"{sizes[0]:,} bytes a row, {sizes[1]:,} of indexes"
            )


if __name__ == "__main__":
    main()
