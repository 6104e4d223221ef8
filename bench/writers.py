"""`python -m bench.writers`: commands a second of several processes, chained as they are and without the chain.

On PostgreSQL. The chain of the audit is held from the entry in the log to the end of the transaction. The second
table lets each commit take five milliseconds longer, as with a standby that has to answer.
"""

import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import count
from typing import Any

from sqlalchemy import Connection, Engine, text

from bench.collection import BEFORE, _customer
from data_access.base.audit_hash_chain import FIRST
from data_access.base.engine import make_engine
from data_access.base.permissions import SYSTEM, Actor, Permission, Role
from data_access.commands.customers.notes import AddNote
from data_access.migrations import upgrade
from data_access.models.classes.customer_classes import CustomerClass
from data_access.models.customers import Customer
from data_access.store import audit_trail
from data_access.store.access import Access, new_command_id
from data_access.store.audit_trail import CommandHeader
from data_access.store.bulk import bulk_load
from tests.support.postgres import running_server

WRITERS, COMMANDS, CUSTOMERS = (1, 2, 4, 8), 100, 64
SLOW_COMMIT = """
CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.005); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON command_log DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION slow();
"""


def fill(engine: Engine) -> None:
    """A class, and a customer for each writer several times over."""
    upgrade(engine)
    order = CommandHeader(new_command_id(), "Measure", "", "to be measured", lambda: BEFORE)
    with bulk_load(engine, SYSTEM, order) as load:
        load.insert(CustomerClass, [{"id": 1, "name": "All", "name_key": "all", "business_model": "Residential"}])
        load.insert(Customer, [_customer(number) | {"id": number} for number in range(1, CUSTOMERS + 1)])
        load.complete({})


def unchained(connection: Connection) -> tuple[int, str]:
    """A number for an entry that follows no other: nobody waits for it."""
    return int(connection.execute(text("SELECT nextval('unchained')")).scalar_one()), FIRST


def write(url: str, writer: int, *, is_chained: bool) -> float:
    """One process: its commands, one after the other. How many seconds they took."""
    if not is_chained:
        audit_trail._end_of_chain = unchained
    engine = make_engine(url)
    actor = Actor(None, "bench", "Bench", Role.ADMIN, frozenset(Permission), None)
    access = Access(engine, actor, lambda: BEFORE)
    orders: Iterator[int] = count()
    _note(access, writer, next(orders))
    begun = time.perf_counter()
    for number in orders:
        _note(access, writer, number)
        if number == COMMANDS:
            break
    seconds = time.perf_counter() - begun
    engine.dispose()
    return seconds


def _note(access: Access, writer: int, number: int) -> None:
    customer_id = 1 + (writer * 7 + number * 8) % CUSTOMERS
    access.execute(AddNote(customer_id=customer_id, text=f"note {number}", command_id=new_command_id()))


def rate(url: str, writers: int, *, is_chained: bool) -> float:
    """Commands a second, all writers together."""
    with ProcessPoolExecutor(writers) as pool:
        runs = [pool.submit(write, url, writer, is_chained=is_chained) for writer in range(writers)]
        return sum(COMMANDS / run.result() for run in runs)


def table(url: str, title: str) -> None:
    """A line for each number of writers, chained and not in turn."""
    print(title)
    for writers in WRITERS:
        chained, free = (rate(url, writers, is_chained=is_chained) for is_chained in (True, False))
        pace = f"{chained:6.0f} commands a second, without the chain {free:6.0f}: {chained / free:.2f}"
        print(f"  {writers} writers: {pace}")
        sys.stdout.flush()


def main(*_: Any) -> None:
    with running_server() as server:
        server.order("CREATE DATABASE bench")
        engine = make_engine(server.url("bench"))
        fill(engine)
        engine.dispose()
        with server.connect("bench") as connection:
            connection.execute("CREATE SEQUENCE unchained INCREMENT -1")
            table(server.url("bench"), "commits as they come")
            connection.execute(SLOW_COMMIT)
            table(server.url("bench"), "commits of five milliseconds more")


if __name__ == "__main__":
    main()
