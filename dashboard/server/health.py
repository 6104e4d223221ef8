"""Health checks for monitoring, and what a browser gets while the database is away."""

from datetime import timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.kit.feedback import AGAIN_SECONDS, AWAY
from dashboard.server.signin.signin_page import away_page
from data_access.base.clock import Clock
from data_access.base.integrity_errors import is_away
from data_access.store import job_leases

SILENT_AFTER = timedelta(minutes=3)  # some job is begun every minute
_NOT_READY = 503


def routes(engine: Engine, clock: Clock) -> list[Route]:
    """`/healthz`: the process serves. `/readyz`: the database answers and a worker works."""

    async def process(_: Request) -> Response:
        return PlainTextResponse("ok")

    async def all_of_it(_: Request) -> Response:
        wrong = await run_in_threadpool(what_is_wrong, engine, clock)
        return PlainTextResponse(wrong or "ok", status_code=_NOT_READY if wrong else 200)

    return [Route("/healthz", process), Route("/readyz", all_of_it)]


def what_is_wrong(engine: Engine, clock: Clock) -> str:
    """Why the desk is not ready, in a sentence; "" if it is."""
    try:
        seen, now = job_leases.last_sign_of_life(engine), clock()
    except SQLAlchemyError:
        return "The database does not answer."
    if seen is None:
        return "No worker has run on this database yet."
    silent = now - seen > SILENT_AFTER
    return f"No worker has reported since {seen:%Y-%m-%d %H:%M} UTC." if silent else ""


class Away:
    """ASGI middleware: while the database is away a browser gets a page that says so and tries again by itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        has_begun = False

        async def noting(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except DBAPIError as trouble:
            if has_begun or scope["type"] != "http" or not is_away(trouble):
                raise
            await _answer(scope)(scope, receive, send)


def _answer(scope: Scope) -> Response:
    headers = {"Cache-Control": "no-store", "Retry-After": str(AGAIN_SECONDS)}
    if scope["method"] == "GET" and "text/html" in HTTPConnection(scope).headers.get("accept", ""):
        headers["Refresh"] = str(AGAIN_SECONDS)
        return HTMLResponse(away_page(AWAY), status_code=_NOT_READY, headers=headers)
    return PlainTextResponse("The database does not answer.", status_code=_NOT_READY, headers=headers)
