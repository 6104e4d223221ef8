"""The server around a stand-in for Streamlit's part: everything in front of it is the real thing."""

from collections.abc import Callable, Iterator
from datetime import datetime

import httpx
import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from dashboard.server.server import parts
from dashboard.server.signin.signin_pace import Sleep
from data_access.base.settings import Environment, Settings
from tests.support.sign_ins import NOON
from tests.support.visitor import Visitor, an_event_loop

MakeVisitor = Callable[..., Visitor]


async def _inside(_: Request) -> PlainTextResponse:
    return PlainTextResponse("inside")


async def _stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.close()


async def _at_once(_seconds: float) -> None:
    """Tests do not wait."""


def an_app(
    engine: Engine,
    *,
    env: Environment = Environment.TEST,
    now: datetime = NOON,
    sleep: Sleep = _at_once,
    **settings: str,
) -> Starlette:
    built = parts(engine, Settings(app_env=env, **settings), lambda: now, sleep)  # type: ignore[arg-type]
    everything = [WebSocketRoute("/_stcore/stream", _stream), Route("/{path:path}", _inside, methods=["GET", "POST"])]
    return Starlette(routes=[*built["routes"], *everything], middleware=built["middleware"])


@pytest.fixture
def desk(sqlite_engine: Engine) -> Engine:
    """The database behind the server."""
    return sqlite_engine


@pytest.fixture
def a_visitor(desk: Engine) -> Iterator[MakeVisitor]:
    """Makes visitors: each with cookies of their own, on an application with the given settings."""
    with an_event_loop() as runner:

        def make(*, base_url: str = "http://127.0.0.1", ip: str = "127.0.0.1", **given: object) -> Visitor:
            return Visitor(an_app(desk, **given), runner, base_url, ip)  # type: ignore[arg-type]

        yield make


@pytest.fixture
def visitor(a_visitor: MakeVisitor) -> Visitor:
    return a_visitor()


def sign_in(visitor: Visitor, login: str, password: str, *, next: str = "/") -> httpx.Response:
    """Opens the form as a browser does, and sends it."""
    visitor.get("/login")
    (csrf,) = (value for name, value in visitor.cookies.items() if name.endswith("desk_form"))
    return visitor.post("/login", csrf=csrf, login=login, password=password, next=next)
