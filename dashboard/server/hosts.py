"""Hosts and origins: only requests for exactly this host and origin are served, compared in full."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

NOT_FROM_HERE = 4403  # a WebSocket's own 403
_NETLOC = re.compile(r"([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]+)?")
_PORTS = {"http": 80, "https": 443}
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HEALTH = frozenset({"/healthz", "/readyz", "/metrics", "/_stcore/health"})  # asked for by machines, under any name
_HTTP_OF = {"ws": "http", "wss": "https"}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a server is: scheme, host and port, each of them told."""

    scheme: str
    host: str
    port: int

    @classmethod
    def at(cls, url: str) -> "Origin | None":
        """The place that an address names; None for anything but scheme, host and port."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return None
        if parts.scheme not in _PORTS or not _NETLOC.fullmatch(parts.netloc) or url != _bare(url):
            return None
        return cls(parts.scheme, (parts.hostname or "").lower(), _PORTS[parts.scheme] if port is None else port)


def _bare(url: str) -> str:
    """The address without path, query and fragment."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


class Hosts:
    """ASGI middleware. `public` is where browsers find the desk; None: at the address that the server listens on."""

    def __init__(self, app: ASGIApp, public: Origin | None) -> None:
        self._app, self._public = app, public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = "" if scope["type"] == "lifespan" or scope["path"] in _HEALTH else self._refusal(scope)
        if not refusal:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": NOT_FROM_HERE, "reason": refusal})
        else:
            status = 421 if refusal == _NO_SUCH_HOST else 403
            answer = PlainTextResponse(refusal, status_code=status, headers={"Cache-Control": "no-store"})
            await answer(scope, receive, send)

    def _refusal(self, scope: Scope) -> str:
        """Why the request is not meant for this desk; empty if it is."""
        headers, scheme = Headers(scope=scope), _HTTP_OF.get(scope["scheme"], scope["scheme"])
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        place = (
            Origin.at(f"{self._public.scheme if self._public else scheme}://{hosts[0]}") if len(hosts) == 1 else None
        )
        if place is None or not self._is_here(place, scope):
            return _NO_SUCH_HOST
        changes = scope["type"] == "websocket" or scope["method"] not in _SAFE
        return _OTHER_ORIGIN if changes and any(Origin.at(origin) != place for origin in origins) else ""

    def _is_here(self, origin: Origin, scope: Scope) -> bool:
        if self._public is not None:
            return origin == self._public
        host, port = scope.get("server") or ("", None)
        names = {host.lower(), "localhost"} if _is_loopback(host) else {host.lower()}
        return origin.host in names and origin.port == (port or _PORTS[origin.scheme])


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


_NO_SUCH_HOST = "No desk is served under this name. PUBLIC_URL sets the address that browsers use."
_OTHER_ORIGIN = "This was sent by a page on another site, so nothing was done."
