"""A visitor without a browser: keeps cookies, speaks HTTP and WebSocket to the ASGI application itself."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from starlette.types import ASGIApp, Message


@dataclass
class Visitor:
    """One browser at one address; does not follow redirects."""

    app: ASGIApp
    runner: asyncio.Runner
    base_url: str = "http://127.0.0.1"
    ip: str = "127.0.0.1"
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, *, accept: str = "text/html", **headers: str) -> httpx.Response:
        return self._send("GET", path, headers={"accept": accept} | headers)

    def post(self, path: str, **fields: str) -> httpx.Response:
        return self._send("POST", path, data=fields)

    def post_body(self, path: str, body: bytes) -> httpx.Response:
        return self._send("POST", path, content=body)

    def _send(self, method: str, path: str, **given: Any) -> httpx.Response:
        async def ask() -> httpx.Response:
            door = httpx.ASGITransport(app=self.app, client=(self.ip, 50000))
            async with httpx.AsyncClient(
                transport=door, base_url=self.base_url, cookies=self.cookies, headers=self.headers
            ) as client:
                answer = await client.request(method, path, **given)
                self.cookies = client.cookies
                return answer

        return self.runner.run(ask())

    def websocket(self, path: str) -> list[Message]:
        """What the server says to a WebSocket that connects and leaves at once."""
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        scope = {
            "type": "websocket",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "scheme": "ws",
            "subprotocols": [],
            "headers": [
                (name.encode(), value.encode())
                for name, value in ({"host": "127.0.0.1", "cookie": cookie} | self.headers).items()
            ],
            "client": (self.ip, 50000),
            "server": ("127.0.0.1", 80),
        }
        heard: list[Message] = []
        coming: Iterator[Message] = iter(
            [{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000}]
        )

        async def receive() -> Message:
            return next(coming)

        async def send(message: Message) -> None:
            heard.append(message)

        async def connect() -> None:
            await self.app(scope, receive, send)

        self.runner.run(connect())
        return heard


@contextmanager
def an_event_loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner
