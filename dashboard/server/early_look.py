"""Early styles and scripts: they are part of the page itself and not drawn by each run.

So nothing moves when the rest of it arrives, and the scripts watch it from its beginning.
"""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.kit.addresses.leaving import WATCH_HISTORY
from dashboard.kit.copying import WATCH_COPIES
from dashboard.kit.look.theme import FIXED
from dashboard.kit.receipts import WATCH_RECEIPTS
from dashboard.server.hands import WATCH_HANDS

SCRIPTS = WATCH_HISTORY + WATCH_HANDS + WATCH_RECEIPTS + WATCH_COPIES
_HEAD, _BODY = b"</head>", b"</body>"
_RULES = f"<style>html {{ {FIXED} }}</style>".encode()  # nested: a rule of ours outranks a later one of the platform
_SPARING = (b"accept-encoding", b"if-none-match", b"if-modified-since")
_PLATFORM = b'<div id="root">'


class EarlyLook:
    """ASGI middleware around the platform; its page is one small file, and is held back until it is whole."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message = {}
        body = b""

        async def send_whole(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start" and _is_page(message):
                start = message
            elif not start:
                await send(message)
            else:
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    await _send_page(start, body, send)

        await self._app(_plainly(scope), receive, send_whole)


def _plainly(scope: Scope) -> Scope:
    """As it is asked, for a page neither packed nor only if it has changed: ours changes when theirs does not."""
    is_page = any(name == b"accept" and b"text/html" in value for name, value in scope.get("headers", []))
    if scope["type"] != "http" or not is_page:
        return scope
    return {**scope, "headers": [(name, value) for name, value in scope["headers"] if name not in _SPARING]}


def _is_page(message: Message) -> bool:
    return MutableHeaders(scope=message).get("content-type", "").startswith("text/html")


async def _send_page(start: Message, body: bytes, send: Send) -> None:
    if _PLATFORM in body:
        body = body.replace(_HEAD, _RULES + _HEAD, 1).replace(_BODY, SCRIPTS.encode() + _BODY, 1)
        headers = MutableHeaders(scope=start)
        headers["content-length"] = f"{len(body)}"
        for name in ("etag", "last-modified"):
            del headers[name]
    await send(start)
    await send({"type": "http.response.body", "body": body})
