"""Security headers: what every response allows the browser to do, including the content security policy."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.server.early_look import SCRIPTS

_INDEX = Path(st.__file__).parent / "static" / "index.html"
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<body>.*?)</script>", re.DOTALL)


def inline_script_hashes(html: str) -> list[str]:
    """The source expressions of the scripts that stand in a page itself, in their order."""
    scripts = _SCRIPT.finditer(_COMMENT.sub("", html))
    bodies = [script["body"] for script in scripts if "src=" not in script["attributes"]]
    return [f"'sha256-{b64encode(sha256(body.encode()).digest()).decode()}'" for body in bodies]


def content_policy(html: str) -> str:
    """Our own origin only; of inline scripts, those of the given page."""
    rules = {
        "default-src": ["'self'"],
        "script-src": ["'self'", *inline_script_hashes(html)],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in rules.items())


def security_headers(*, over_https: bool) -> dict[str, str]:
    """The headers of every answer; HTTPS is insisted on where cookies are bound to it."""
    headers = {
        "Content-Security-Policy": content_policy(_INDEX.read_text(encoding="utf-8") + SCRIPTS),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    return headers | ({"Strict-Transport-Security": "max-age=31536000"} if over_https else {})


class SecurityHeaders:
    """ASGI middleware; outermost, so that refusals and redirects carry the headers as well."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self._app, self._headers = app, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self._headers)
            await send(message)

        await self._app(scope, receive, send_with_headers)
