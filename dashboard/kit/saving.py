"""Files to save: each can be downloaded by the session it was made for, and by no other, even with its URL."""

import os
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from secrets import token_bytes
from threading import Lock
from typing import IO

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.kit import context
from data_access.store.access import Access

_BELOW = "/media/"
_MOST = 1_000
_MOST_LARGE = 20
_CHUNK = 1 << 18
_NO_STORE = "no-store"
_AS_STORED = (b"range", b"accept-encoding")  # a part of a file, or a packed one, is not the content that is known
_NOT_YOURS = "This file is not here any more: make it again on the page that offered it."


class Owners:
    """Which sessions a file was made for, by what stands in it; the oldest of many are forgotten.

    A large file stays on the disk until newer ones take its place: a ticket that nobody can guess stands for it.
    """

    def __init__(self, most: int = _MOST, most_large: int = _MOST_LARGE) -> None:
        self._most, self._most_large, self._lock = most, most_large, Lock()
        self._tokens: OrderedDict[bytes, set[str]] = OrderedDict()
        self._large: OrderedDict[bytes, IO[bytes]] = OrderedDict()

    def keep(self, file: IO[bytes], token: str) -> bytes:
        """The ticket of a file."""
        ticket = token_bytes(32)
        self.add(ticket, token)
        with self._lock:
            self._large[ticket] = file
            if len(self._large) > self._most_large:
                self._large.popitem(last=False)[1].close()
        return ticket

    def large(self, ticket: bytes) -> IO[bytes] | None:
        """The file of a ticket; None for any other content."""
        with self._lock:
            return self._large.get(ticket)

    def add(self, content: bytes, token: str) -> None:
        with self._lock:
            key = sha256(content).digest()
            self._tokens.setdefault(key, set()).add(token)
            self._tokens.move_to_end(key)
            while len(self._tokens) > self._most:
                self._tokens.popitem(last=False)

    def has(self, content: bytes, token: str) -> bool:
        with self._lock:
            return token in self._tokens.get(sha256(content).digest(), ())


OWNERS = Owners()


def save_button(label: str, content: bytes, name: str, mime: str, *, key: str, primary: bool = False) -> None:
    """Offers a file to whoever looks at the page, in the session of this moment."""
    OWNERS.add(content, context.own_token())
    st.download_button(
        label, content, name, mime, key=key, icon=":material/download:", on_click="ignore",
        type="primary" if primary else "secondary",
    )  # fmt: skip


def made_button(label: str, make: Callable[[Access], bytes | IO[bytes]], name: str, mime: str, *, key: str) -> None:
    """Offers a file that is made when it is asked for, for the session of this moment, with its rights of then."""
    token = context.own_token()

    def made() -> bytes:
        content = make(context.access_of(token))
        if not isinstance(content, bytes):
            return OWNERS.keep(content, token)
        OWNERS.add(content, token)
        return content

    st.download_button(label, made, name, mime, key=key, icon=":material/download:", on_click="ignore")


class Files:
    """ASGI middleware: a file leaves whole and for its own session, and nothing on the way or at its end keeps it."""

    def __init__(self, app: ASGIApp, cookie: str, owners: Owners = OWNERS) -> None:
        self._app, self._cookie, self._owners = app, cookie, owners

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(_BELOW):
            await self._app(scope, receive, send)
            return
        token = HTTPConnection(scope).cookies.get(self._cookie, "")
        whole = {**scope, "method": "GET", "headers": [one for one in scope["headers"] if one[0] not in _AS_STORED]}
        heard: list[Message] = []

        async def hear(message: Message) -> None:
            heard.append(message)

        await self._app(whole, receive, hear)
        content = b"".join(message.get("body", b"") for message in heard)
        if heard[0]["status"] == 200 and not self._owners.has(content, token):
            answer = PlainTextResponse(_NOT_YOURS, status_code=404, headers={"Cache-Control": _NO_STORE})
            await answer(scope, receive, send)
            return
        MutableHeaders(scope=heard[0])["Cache-Control"] = _NO_STORE
        if scope["method"] == "GET" and (file := self._owners.large(content)) is not None:
            await _send_large(file.fileno(), heard[0], send)
            return
        for message in heard:
            await send({**message, "body": b""} if scope["method"] == "HEAD" and "body" in message else message)


async def _send_large(file: int, start: Message, send: Send) -> None:
    """What stands on the disk, in place of its ticket."""
    headers = MutableHeaders(scope=start)
    headers["Content-Length"] = str(os.fstat(file).st_size)
    del headers["etag"]
    await send(start)
    place = 0  # of this answer: a browser may ask twice at once
    while chunk := await run_in_threadpool(os.pread, file, _CHUNK, place):
        place += len(chunk)
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
