"""How long a page takes to be drawn again, through a real WebSocket and with nothing cached, beside an empty page."""

import asyncio
import statistics
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass, field

from sqlalchemy import Engine

from bench.million.pages import PageWork
from bench.servers import Server, streamlit
from bench.st_client import Drawn, Failed, Session, session
from dashboard.kit.signin_cookies import Cookies
from data_access.base.clock import system_clock
from data_access.store import sign_ins
from data_access.store.access import access_as

ROUNDS, WARM_UP = 20, 3
PAUSE_SECONDS = 0.02
WHO = "admin"
HEAD = (
    "| page | whole, p50 ms | p95 ms | its rows | processor | of an empty page | elements | kB | processor, beside |"
    " times beside |\n|---|---|---|---|---|---|---|---|---|---|"
)
STOCK, EMPTY = "an empty page, Streamlit as it comes", "an empty page, Streamlit with our settings"


@dataclass(slots=True)
class Runs:
    """What a page took: each of its runs, and the processor of its server over all of them."""

    drawn: list[Drawn] = field(default_factory=list)
    worked: float = 0.0

    @property
    def processor(self) -> float:
        """Milliseconds a run."""
        return self.worked * 1000 / len(self.drawn)

    def row(self, name: str, empty: float, beside: "Runs | None" = None) -> str:
        """One line of the table; `empty`: the processor of an empty page with our settings."""
        clock = [one.seconds * 1000 for one in self.drawn]
        tables = [one.table_seconds * 1000 for one in self.drawn if one.table_seconds is not None]
        rows = f"{statistics.median(tables):.0f}" if tables else ""
        late, last = statistics.quantiles(clock, n=20)[18], self.drawn[-1]
        times = f"{self.processor:.1f} | {self.processor / empty:.1f}" if empty else f"{self.processor:.1f} | 1"
        other = f"{beside.processor:.1f} | {self.processor / beside.processor:.2f}" if beside else "|"
        told = f"{statistics.median(clock):.0f} | {late:.0f} | {rows} | {times} | {len(last.elements)}"
        return f"| {name} | {told} | {last.bytes / 1000:.0f} | {other} |"


@dataclass(frozen=True, slots=True)
class Desk:
    """A dashboard over one book, and the cookie of somebody who may see everything."""

    server: Server
    cookie: str


def measure_pages(books: list[Engine], works: list[list[PageWork]]) -> None:
    """Prints a line a page, of the first book. The same pages of another are drawn in turns with them."""
    with ExitStack() as stack:
        stock = stack.enter_context(streamlit("bench/empty.py", "--runner.postScriptGC=true"))
        empty = stack.enter_context(streamlit("bench/empty.py"))
        desks = [_desk(stack, one) for one in books]
        print(HEAD)
        asyncio.run(_measure(stock, empty, desks, works))


def _desk(stack: ExitStack, engine: Engine) -> Desk:
    url = engine.url.render_as_string(hide_password=False)
    person = access_as(engine, WHO).actor.person_id
    token = sign_ins.open_session(engine, person or 0, system_clock())
    server = stack.enter_context(streamlit("bench/uncached.py", APP_ENV="test", DATABASE_URL=url))
    return Desk(server, f"{Cookies(are_secure=False).session}={token}")


async def _measure(stock: Server, empty: Server, desks: list[Desk], works: list[list[PageWork]]) -> None:
    idle = await _runs([(empty, PageWork(EMPTY, ""), "")])
    print((await _runs([(stock, PageWork(STOCK, ""), "")]))[0].row(STOCK, 0))
    print(idle[0].row(EMPTY, 0), flush=True)
    for same in zip(*works, strict=True):
        lines = [(desk.server, work, desk.cookie) for desk, work in zip(desks, same, strict=True)]
        try:
            taken = await _runs(lines)
        except Failed as said:
            print(f"| {same[0].name} | {said} |", flush=True)
            continue
        print(taken[0].row(same[0].name, idle[0].processor, taken[1] if taken[1:] else None), flush=True)


async def _runs(lines: list[tuple[Server, PageWork, str]]) -> list[Runs]:
    """The same page of each server, in turns."""
    taken = [Runs() for _ in lines]
    async with AsyncExitStack() as stack:
        open_ones = [
            await stack.enter_async_context(session(server.port, page=work.page, cookie=cookie))
            for server, work, cookie in lines
        ]
        for n in range(-WARM_UP, ROUNDS):
            for (server, work, _), line, runs in zip(lines, open_ones, taken, strict=True):
                await asyncio.sleep(PAUSE_SECONDS)
                before = server.worked()
                drawn = await (
                    _found(line, work, n) if work.finds else line.draw(work.addresses[n % len(work.addresses)])
                )
                await asyncio.sleep(PAUSE_SECONDS)  # what the server does after its last word is counted too
                if n >= 0:
                    runs.drawn.append(drawn)
                    runs.worked += server.worked() - before
    return taken


async def _found(line: Session, work: PageWork, n: int) -> Drawn:
    """The finder is opened by its button once; what is typed then draws its dialog alone."""
    if n == -WARM_UP:
        drawn = await line.draw()
        opened = await line.draw(clicks=drawn.widgets["Find a customer"])
        line.box, line.fragment = next(id for label, id in opened.widgets.items() if "login" in label), opened.fragment
    return await line.draw(texts={line.box: work.finds[n % len(work.finds)]}, of=line.fragment)
