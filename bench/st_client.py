"""A session without a browser: asks a running Streamlit for a page, as a browser would, and waits until it is whole."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from types import MappingProxyType

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

_WHOLE = {ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY}
_AGAIN = ForwardMsg.FINISHED_EARLY_FOR_RERUN
_TABLE = "dataframe"
_NO_TEXTS: Mapping[str, str] = MappingProxyType({})


class Failed(Exception):
    """The page was not drawn; the sentence says what came instead."""


@dataclass
class Drawn:
    """One run of a page: how long until its table was there and until it was whole, what came, and what it said."""

    seconds: float
    bytes: int
    table_seconds: float | None = None
    elements: list[str] = field(default_factory=list)
    widgets: dict[str, str] = field(default_factory=dict)  # the ids of buttons and boxes of text, by their labels
    fragment: str = ""  # the last one that was drawn
    errors: list[str] = field(default_factory=list)


@dataclass
class Session:
    """An open session; `page` is empty for an app of one page."""

    line: ClientConnection
    page: str = ""
    page_hash: str = ""
    box: str = ""  # the id of a text input
    fragment: str = ""

    async def draw(
        self, query: str = "", *, clicks: str = "", texts: Mapping[str, str] = _NO_TEXTS, of: str = ""
    ) -> Drawn:
        """Asks for the page at this address. Failed when it does not come to its end, or shows an exception.

        `clicks`: the id of a button; `texts`: what stands in boxes, by their ids; `of`: a fragment, and no more.
        """
        order = BackMsg()
        order.rerun_script.query_string = query
        order.rerun_script.fragment_id = of
        if clicks:
            order.rerun_script.widget_states.widgets.add(id=clicks, trigger_value=True)
        for widget, text in texts.items():
            order.rerun_script.widget_states.widgets.add(id=widget, string_value=text)
        order.rerun_script.page_script_hash = self.page_hash
        if not self.page_hash:
            order.rerun_script.page_name = self.page
        begun = time.perf_counter()
        await self.line.send(order.SerializeToString())
        return await self._received(begun)

    async def _received(self, begun: float) -> Drawn:
        drawn = Drawn(0.0, 0)
        async for raw in self.line:
            message = ForwardMsg()
            message.ParseFromString(raw if isinstance(raw, bytes) else raw.encode())
            drawn.bytes += len(raw)
            self._note(message, drawn)
            if drawn.table_seconds is None and _TABLE in drawn.elements:
                drawn.table_seconds = time.perf_counter() - begun
            if message.WhichOneof("type") == "script_finished" and message.script_finished != _AGAIN:
                drawn.seconds = time.perf_counter() - begun
                if message.script_finished not in _WHOLE or drawn.errors:
                    raise Failed(f"The page {self.page or 'asked for'} failed: {drawn.errors or 'it did not end'}.")
                return drawn
        raise Failed("The server closed the session before the page was whole.")

    def _note(self, message: ForwardMsg, drawn: Drawn) -> None:
        kind = message.WhichOneof("type")
        if kind == "navigation":
            self.page_hash = message.navigation.page_script_hash
        elif kind == "page_not_found":
            drawn.errors.append("there is no such page")
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            drawn.elements.append(element.WhichOneof("type") or "")
            drawn.fragment = message.delta.fragment_id or drawn.fragment
            for one in (element.button, element.text_input):
                if one.id:
                    drawn.widgets[one.label] = one.id
            if element.HasField("exception"):
                drawn.errors.append(element.exception.message)
            if element.HasField("alert") and element.alert.format == element.alert.ERROR:
                drawn.errors.append(element.alert.body)


@asynccontextmanager
async def session(port: int, *, page: str = "", cookie: str = "") -> AsyncIterator[Session]:
    """A session on this computer."""
    headers = {"Cookie": cookie} if cookie else {}
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    spoken = [Subprotocol("streamlit")]
    async with connect(
        address, subprotocols=spoken, additional_headers=headers, max_size=None, compression=None
    ) as line:
        yield Session(line, page)
