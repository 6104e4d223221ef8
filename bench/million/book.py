"""A large book of customers: some thousand of the demo, each with all that it has, many times over under other names.

The demo's own generator tells the lives; here they are multiplied in SQL, with shifted ids, so that whatever holds for
a customer's books holds for each copy. Who the copies are is drawn again. Of suspended customers every second copy is
left out, and some copies have a rare currency. A year of everyday commands lies in the audit, without its chain.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, make_url, text

from bench.million import names
from bench.million.copies import PASSING, Book, copies, everyday, multiply, numbers_go_on, remember
from data_access.base.clock import system_clock
from data_access.base.engine import Door, make_engine, spare_the_disk
from data_access.base.schedule import Job
from data_access.jobs.runner import run_job
from data_access.migrations import counting, guards, searching, upgrade
from data_access.seed import destiny
from data_access.seed.demo import seed
from data_access.store.bulk import fold_counts
from data_access.store.job_leases import Holder

TEMPLATE, MONTHS = 5_000, 10
BYTES_A_CUSTOMER = 15_000
_OF_TEXTS = "ix_search_texts_trigrams"
_PRAGMAS = (
    "journal_mode=OFF", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-600000", "locking_mode=EXCLUSIVE",
    "ignore_check_constraints=ON", "threads=2", "temp_store=FILE",
)  # fmt: skip
_SETTINGS = (
    "session_replication_role = replica", "statement_timeout = 0", "lock_timeout = 0", "work_mem = '256MB'",
    "maintenance_work_mem = '1GB'", "synchronous_commit = off", "idle_in_transaction_session_timeout = 0",
    f"search_path = public, {PASSING}", "max_parallel_maintenance_workers = 0", "max_parallel_workers_per_gather = 0",
)  # fmt: skip
CONNECTIONS = 2  # to PostgreSQL, one a core


class _Watch:
    """Tells how long each part took, and how long the processor was at it."""

    def __init__(self) -> None:
        self._begun = self._last = time.perf_counter()
        self._worked = time.process_time()

    def tell(self, what: str) -> None:
        now, worked = time.perf_counter(), time.process_time()
        own, busy = now - self._last, worked - self._worked
        print(f"{now - self._begun:7.1f} s in all, {own:6.1f} s for {what} ({busy:.1f} s of the processor)", flush=True)
        self._last, self._worked = now, worked


def fill(url: str, customers: int, *, template: int = TEMPLATE, months: int = MONTHS) -> None:
    """Fills an empty database with so many customers, and prints how long each part took."""
    _refuse_full_disk(url, customers)
    watch, told = _Watch(), min(template, customers)
    with _opened(url) as engine:
        upgrade(engine)
        destiny.HISTORY_MONTHS = months
        seed(engine, told, system_clock, with_demo_people=True)
        watch.tell("customers of the demo")
        run_job(engine, Job.FORESEE, system_clock, Holder("bench"))
    watch.tell("their forecasts")
    with _opened(url) as engine:
        of_texts = _copy(engine, customers, watch)
    with _opened(url) as engine:
        _count_and_guard(engine, of_texts, watch)
        _know_the_rows(engine)
        watch.tell("statistics of the planner")


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    spare_the_disk(engine)
    try:
        yield engine
    finally:
        engine.dispose()


def _copy(engine: Engine, customers: int, watch: _Watch) -> list[str]:
    """By the driver alone: no door, no audit, no triggers, and the indexes afterwards.

    What makes the index over texts that are still to be written is given back.
    """
    book = _book(engine)
    indexes = list(_without_indexes(book))
    _without_triggers(book)
    remember(book)
    watch.tell("what is multiplied, and names")
    multiply(book, copies(book, customers))
    watch.tell("copies")
    everyday(book, system_clock())
    watch.tell("a year of commands")
    of_texts = [statement for statement in indexes if _OF_TEXTS in statement]
    book.each(partial(Book.run, statement=statement) for statement in indexes if statement not in of_texts)
    watch.tell("indexes")
    for statement in () if book.is_sqlite else numbers_go_on():
        book.run(statement)
    for made_of_others in ("customer_counts", "search_texts"):
        book.run(f"DELETE FROM {made_of_others}")
    if book.is_sqlite:
        book.run("COMMIT")
        book.run("PRAGMA journal_mode=WAL")
    else:
        book.run(f"DROP SCHEMA {PASSING} CASCADE")
    for one in (book, *book.beside):
        one.connection.close()
    return of_texts


def _book(engine: Engine) -> Book:
    dialect = names.Dialect(engine.dialect.name)
    many = CONNECTIONS if dialect.name == "postgresql" else 1
    first, *others = (Book(_driver(engine), dialect) for _ in range(many))
    for one in (first, *others):
        _prepare(one)
        one.last = first.last
    if others:
        first.run(f"CREATE SCHEMA {PASSING}")
    first.beside = tuple(others)
    return first


def _driver(engine: Engine) -> Any:
    borrowed = engine.raw_connection()
    connection = borrowed.driver_connection
    borrowed.detach()
    return connection


def _count_and_guard(engine: Engine, of_texts: list[str], watch: _Watch) -> None:
    with engine.connect().execution_options(door=Door(is_open=True)) as opened, opened.begin():
        if engine.dialect.name == "postgresql":
            opened.execute(text("SET LOCAL statement_timeout = 0"))
            opened.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
        searching.index_whole(opened)
        for statement in of_texts:
            opened.exec_driver_sql(statement)
    watch.tell("texts and their index")
    with engine.connect().execution_options(door=Door(is_open=True)) as opened, opened.begin():
        if engine.dialect.name == "postgresql":
            opened.execute(text("SET LOCAL statement_timeout = 0"))
        guards.recreate(opened)
        counting.count_whole(opened)
    fold_counts(engine)
    watch.tell("triggers and kept counts")


def _refuse_full_disk(url: str, customers: int) -> None:
    file = make_url(url).database
    if make_url(url).get_backend_name() == "sqlite" and file:
        needed = customers * BYTES_A_CUSTOMER
        if shutil.disk_usage(Path(file).resolve().parent).free < needed:
            raise SystemExit(f"{customers:,} customers take {needed / 1e9:.1f} GB, and the disk has less.")


def _prepare(book: Book) -> None:
    if not book.is_sqlite:
        book.connection.autocommit = True
    for setting in _PRAGMAS if book.is_sqlite else _SETTINGS:
        book.run(f"{'PRAGMA' if book.is_sqlite else 'SET'} {setting}")
    if book.is_sqlite:
        book.run("BEGIN")


def _without_indexes(book: Book) -> Iterator[str]:
    """Drops every index that no constraint stands on; how to make each again."""
    made = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        if book.is_sqlite
        else "SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE schemaname = 'public' AND NOT EXISTS"
        " (SELECT FROM pg_constraint c WHERE c.conname = i.indexname)"
        " ORDER BY pg_table_size(quote_ident(i.tablename)::regclass) DESC"
    )
    for name, statement in book.run(made).fetchall():
        book.run(f'DROP INDEX "{name}"')
        yield statement


def _without_triggers(book: Book) -> None:
    """On PostgreSQL they rest as long as the session says that it copies."""
    if book.is_sqlite:
        for (name,) in book.run("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            book.run(f'DROP TRIGGER "{name}"')


def _know_the_rows(engine: Engine) -> None:
    connection = _driver(engine)
    if engine.dialect.name == "postgresql":
        connection.autocommit = True
        connection.execute("SET statement_timeout = 0")
    if engine.dialect.name == "sqlite":
        connection.execute("PRAGMA analysis_limit=20000")  # as many rows of an index: to read all takes a minute
    connection.execute("VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE")
    connection.close()
