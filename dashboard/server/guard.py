"""The guard: nothing of the dashboard is served, by HTTP or WebSocket, to anybody who has not signed in."""

import re
from collections.abc import Callable
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from data_access.base.permissions import Actor

NOT_SIGNED_IN = 4401  # a WebSocket's own 401
_OPEN = frozenset({
    "/login", "/logout", "/healthz", "/readyz", "/metrics", "/_stcore/health", "/favicon.png", "/oauth2callback",
    "/auth/login", "/auth/logout",
})  # fmt: skip
_OPEN_BELOW = ("/login/", "/static/")
_LOCAL = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
_NOT_BACK_TO = ("/login", "/logout", "/auth/", "/oauth2callback")


def is_open(path: str) -> bool:
    """Whether a path is for everyone: signing in, static files and health."""
    return path in _OPEN or (path.startswith(_OPEN_BELOW) and ".." not in path)


def local_path(wanted: str) -> str:
    """Where to go after signing in: a path of this server as wanted, otherwise the first page."""
    is_ours = _LOCAL.fullmatch(wanted) is not None and not wanted.startswith(_NOT_BACK_TO)
    return wanted if is_ours else "/"


class Guard:
    """ASGI middleware; `actor_for` answers who holds a session's token, which stands in the cookie of that name."""

    def __init__(self, app: ASGIApp, actor_for: Callable[[str], Actor | None], cookie: str) -> None:
        self._app, self._actor_for, self._cookie = app, actor_for, cookie

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or is_open(scope["path"]) or await self._is_signed_in(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": NOT_SIGNED_IN, "reason": "Not signed in"})
        else:
            await _refusal(scope)(scope, receive, send)

    async def _is_signed_in(self, scope: Scope) -> bool:
        token = HTTPConnection(scope).cookies.get(self._cookie)
        return token is not None and await run_in_threadpool(self._actor_for, token) is not None


def _refusal(scope: Scope) -> Response:
    request = HTTPConnection(scope)
    uncached = {"Cache-Control": "no-store"}
    if scope["method"] == "GET" and "text/html" in request.headers.get("accept", ""):
        wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/login?next={quote(wanted, safe='/')}", status_code=303, headers=uncached)
    return PlainTextResponse("Not signed in.", status_code=401, headers=uncached)
