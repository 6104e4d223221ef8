"""A page of 25 customers out of 30,000, filtered and sorted, against an empty page, in one interleaved run."""

import asyncio
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.accounts import fill
from bench.servers import streamlit
from bench.st_client import Session, session
from dashboard.guard import SESSION_COOKIE
from data_access.engine import make_engine

ROUNDS, WARM_UP = 150, 10
PAUSE_SECONDS = 0.03
MOST_RATIO = 2.5
_SORTS = ("balance", "newest", "customer_id", "name")


STOCK, EMPTY, AGAIN, CUSTOMERS = (
    "an empty page, Streamlit as it comes",
    "an empty page, Streamlit with our settings",
    "25 customers of 30,000, the same list again",
    "25 customers of 30,000, another filter and order",
)


def address(n: int) -> str:
    """Another filter and another order each time, so that no cache answers."""
    return f"sort={_SORTS[n % len(_SORTS)]}&balance_from={1000 + n}&used_from={10 + n % 60}"


async def measure(stock_port: int, empty_port: int, desk_port: int, cookie: str) -> dict[str, list[float]]:
    """Milliseconds of each run, in turns."""
    taken: dict[str, list[float]] = {name: [] for name in (STOCK, EMPTY, AGAIN, CUSTOMERS)}
    async with (
        session(stock_port) as stock,
        session(empty_port) as empty,
        session(desk_port, page="customers", cookie=cookie) as again,
        session(desk_port, page="customers", cookie=cookie) as customers,
    ):
        for n in range(WARM_UP + ROUNDS):
            taken[STOCK].append(await _once(stock, ""))
            taken[EMPTY].append(await _once(empty, ""))
            taken[AGAIN].append(await _once(again, address(0)))
            taken[CUSTOMERS].append(await _once(customers, address(n)))
    return {name: milliseconds[WARM_UP:] for name, milliseconds in taken.items()}


async def _once(on: Session, query: str) -> float:
    await asyncio.sleep(PAUSE_SECONDS)
    drawn = await on.draw(query)
    return drawn.seconds * 1000


def told(name: str, milliseconds: Sequence[float]) -> str:
    """One line: median and 95th percentile."""
    cuts = statistics.quantiles(milliseconds, n=20)
    return f"{name:<52} p50 {statistics.median(milliseconds):7.1f} ms   p95 {cuts[18]:7.1f} ms"


def main() -> int:
    """Prints all and the ratios; 1 when a new list takes more than 2.5 times as long as the quicker empty page."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        engine = make_engine(url)
        token = fill(engine)
        engine.dispose()
        with (
            streamlit("bench/empty.py", "--runner.postScriptGC=true") as stock_port,
            streamlit("bench/empty.py") as empty_port,
            streamlit("dashboard/app.py", APP_ENV="test", DATABASE_URL=url) as desk_port,
        ):
            taken = asyncio.run(measure(stock_port, empty_port, desk_port, f"{SESSION_COOKIE}={token}"))
    print(f"{ROUNDS} runs of each, in turns:")
    for name, milliseconds in taken.items():
        print(told(name, milliseconds))
    medians = {name: statistics.median(milliseconds) for name, milliseconds in taken.items()}
    ratio = medians[CUSTOMERS] / medians[EMPTY]
    print(f"a new list to an empty page, medians: {ratio:.2f} with our settings; at most {MOST_RATIO} wanted")
    print(f"{medians[CUSTOMERS] / medians[STOCK]:.2f} to an empty page of Streamlit as it comes")
    return int(ratio > MOST_RATIO)
