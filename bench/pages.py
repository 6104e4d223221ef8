"""A page of 25 customers out of 30,000, filtered and sorted, against an empty page, in one interleaved run."""

import asyncio
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.accounts import fill
from bench.servers import streamlit
from bench.st_client import Drawn, Failed, Session, session
from dashboard.kit.signin_cookies import Cookies
from data_access.base.engine import make_engine

ROUNDS, WARM_UP = 150, 10
PAUSE_SECONDS = 0.03
MOST_RATIO = 2.5
_SORTS = ("balance", "newest", "customer_id", "name")


STOCK, EMPTY, ELEMENTS, AGAIN, ROWS, CUSTOMERS = (
    "an empty page, Streamlit as it comes",
    "an empty page, Streamlit with our settings",
    "the elements of a list with nothing in them",
    "25 customers of 30,000, the same list again",
    "25 customers of 30,000, another filter and order: rows",
    "the same, whole: counted by status, with its pager",
)


def address(n: int) -> str:
    """Another filter and another order each time, so that no cache answers."""
    return f"sort={_SORTS[n % len(_SORTS)]}&balance_from={1000 + n}&used_from={10 + n % 60}"


async def measure(
    stock_port: int, empty_port: int, elements_port: int, desk_port: int, cookie: str
) -> dict[str, list[float]]:
    """Milliseconds of each run, in turns. Failed when the page without data has other elements than the list."""
    taken: dict[str, list[float]] = {name: [] for name in (STOCK, EMPTY, ELEMENTS, AGAIN, ROWS, CUSTOMERS)}
    async with (
        session(stock_port) as stock,
        session(empty_port) as empty,
        session(elements_port) as elements,
        session(desk_port, page="customers", cookie=cookie) as again,
        session(desk_port, page="customers", cookie=cookie) as customers,
    ):
        for n in range(WARM_UP + ROUNDS):
            taken[STOCK].append((await _once(stock)).seconds)
            taken[EMPTY].append((await _once(empty)).seconds)
            bare = await _once(elements)
            taken[ELEMENTS].append(bare.seconds)
            taken[AGAIN].append((await _once(again, address(0))).seconds)
            drawn = await _once(customers, address(n))
            taken[ROWS].append(drawn.table_seconds or drawn.seconds)
            taken[CUSTOMERS].append(drawn.seconds)
            if sorted(bare.elements) != sorted(drawn.elements):
                raise Failed(f"The list has other elements: {sorted(drawn.elements)}, not {sorted(bare.elements)}.")
    return {name: [each * 1000 for each in seconds[WARM_UP:]] for name, seconds in taken.items()}


async def _once(on: Session, query: str = "") -> Drawn:
    await asyncio.sleep(PAUSE_SECONDS)
    return await on.draw(query)


def told(name: str, milliseconds: Sequence[float]) -> str:
    """One line: median and 95th percentile."""
    cuts = statistics.quantiles(milliseconds, n=20)
    return f"{name:<56} p50 {statistics.median(milliseconds):7.1f} ms   p95 {cuts[18]:7.1f} ms"


def main() -> int:
    """Prints all and the ratios; 1 when a new list takes longer than 2.5 times an empty page of Streamlit."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        engine = make_engine(url)
        token = fill(engine)
        engine.dispose()
        with (
            streamlit("bench/empty.py", "--runner.postScriptGC=true") as stock,
            streamlit("bench/empty.py") as empty,
            streamlit("bench/elements.py") as elements,
            streamlit("dashboard/app.py", APP_ENV="test", DATABASE_URL=url) as desk,
        ):
            taken = asyncio.run(
                measure(
                    stock.port, empty.port, elements.port, desk.port, f"{Cookies(are_secure=False).session}={token}"
                )
            )
    print(f"{ROUNDS} runs of each, in turns:")
    for name, milliseconds in taken.items():
        print(told(name, milliseconds))
    medians = {name: statistics.median(milliseconds) for name, milliseconds in taken.items()}
    times = {name: medians[name] / medians[EMPTY] for name in (ELEMENTS, AGAIN, ROWS, CUSTOMERS)}
    print("times an empty page with our settings, medians:")
    print(f"  {times[ROWS]:.2f} its rows, {times[CUSTOMERS]:.2f} whole ({times[AGAIN]:.2f} again)")
    print(f"  {times[ELEMENTS]:.2f} as many elements with nothing in them")
    ratio = medians[CUSTOMERS] / medians[STOCK]
    print(f"a new list, whole, to an empty page of Streamlit as it comes: {ratio:.2f}; at most {MOST_RATIO} wanted")
    return int(ratio > MOST_RATIO)
