"""How long a query takes, in turns with the driver alone doing the very same statements."""

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, event

from data_access.base.permissions import SYSTEM
from data_access.store.access import Access, Query

ROUNDS, PATIENCE_SECONDS = 40, 3.0  # fewer rounds of what takes long, five at least
Statement = tuple[str, Any]
Taken = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Measured:
    """Milliseconds of each round, by the clock and of our processor; `raw`: of the driver alone, the same statements.

    On two busy cores the processor can be compared. What a server of its own does is not in it.
    """

    name: str
    own: list[Taken]
    raw: list[Taken]
    statements: list[Statement]

    def row(self) -> str:
        """One line of the table."""
        clock, worked = ([one[place] for one in self.own] for place in (0, 1))
        raw, driver = (statistics.median([one[place] for one in self.raw]) for place in (0, 1))
        middle, late, busy = statistics.median(clock), statistics.quantiles(clock, n=20)[18], statistics.median(worked)
        told = f"{middle:.1f} | {late:.1f} | {raw:.2f} | {busy:.1f} | {driver:.2f} | {busy / driver:.1f}"
        return f"| {self.name} | {told} | {len(self.statements)} |"


HEAD = (
    "| work | p50 ms | p95 ms | driver alone | processor | of the driver | times the driver | statements |\n"
    "|---|---|---|---|---|---|---|---|"
)


@contextmanager
def _noted(engine: Engine) -> Iterator[list[Statement]]:
    statements: list[Statement] = []

    def note(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement != "BEGIN":
            statements.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def measure(engine: Engine, name: str, query: Query[Any], rounds: int = ROUNDS) -> Measured:
    """Both in turns, after each was asked once: what a process has learnt is kept, and the rows are in memory."""
    access = Access(engine, SYSTEM)
    with _noted(engine) as statements:
        access.fetch(query)
    borrowed = engine.raw_connection()
    driver: Any = borrowed.driver_connection
    borrowed.detach()
    if engine.dialect.name == "sqlite":
        driver.set_progress_handler(None, 0)  # as it was used before, it would stop in the midst of a statement
    own, raw = list[Taken](), list[Taken]()
    try:
        _replay(driver, statements)
        begun = time.perf_counter()
        while len(own) < rounds and (len(own) < 5 or time.perf_counter() - begun < PATIENCE_SECONDS):
            own.append(_timed(lambda: access.fetch(query)))
            raw.append(_timed(lambda: _replay(driver, statements)))
    finally:
        driver.close()
    return Measured(name, own, raw, statements)


def _replay(driver: Any, statements: list[Statement]) -> None:
    for statement, parameters in statements:
        driver.execute(statement, parameters).fetchall()


def _timed(work: Callable[[], object]) -> Taken:
    begun, worked = time.perf_counter(), time.thread_time()
    work()
    return (time.perf_counter() - begun) * 1000, (time.thread_time() - worked) * 1000
