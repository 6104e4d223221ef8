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


def address(n: int) -> str:
    """Another filter and another order each time, so that no cache answers."""
    return f"sort={_SORTS[n % len(_SORTS)]}&balance_from={1000 + n}&used_from={10 + n % 60}"


async def measure(empty_port: int, desk_port: int, cookie: str) -> tuple[list[float], list[float]]:
    """Milliseconds of each run of the empty page, and of the page of customers."""
    empty, customers = [], []
    async with session(empty_port) as first, session(desk_port, page="customers", cookie=cookie) as second:
        for n in range(WARM_UP + ROUNDS):
            empty.append(await _once(first, ""))
            customers.append(await _once(second, address(n)))
    return empty[WARM_UP:], customers[WARM_UP:]


async def _once(on: Session, query: str) -> float:
    await asyncio.sleep(PAUSE_SECONDS)
    drawn = await on.draw(query)
    return drawn.seconds * 1000


def told(name: str, milliseconds: Sequence[float]) -> str:
    """One line: median and 95th percentile."""
    cuts = statistics.quantiles(milliseconds, n=20)
    return f"{name:<52} p50 {statistics.median(milliseconds):7.1f} ms   p95 {cuts[18]:7.1f} ms"


def main() -> int:
    """Prints both and their ratio; 1 when the page of customers takes more than 2.5 times as long."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        engine = make_engine(url)
        token = fill(engine)
        engine.dispose()
        with (
            streamlit("bench/empty.py") as empty_port,
            streamlit("dashboard/app.py", APP_ENV="test", DATABASE_URL=url) as desk_port,
        ):
            empty, customers = asyncio.run(measure(empty_port, desk_port, f"{SESSION_COOKIE}={token}"))
    ratio = statistics.median(customers) / statistics.median(empty)
    print(f"{ROUNDS} runs of each, in turns:")
    print(told("an empty Streamlit page", empty))
    print(told("25 customers of 30,000, filtered and sorted", customers))
    print(f"ratio of the medians: {ratio:.2f}, at most {MOST_RATIO} wanted")
    return int(ratio > MOST_RATIO)
