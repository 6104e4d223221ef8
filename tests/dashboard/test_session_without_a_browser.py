"""The session that benchmarks draw pages in: when a run has come to its end."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from bench.st_client import Drawn, Failed, Session


class Line:
    """A connection over which a server says how a run has ended."""

    def __init__(self, *ends: Any) -> None:
        self.ends = ends

    async def send(self, _order: bytes) -> None: ...

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for end in self.ends:
            yield ForwardMsg(script_finished=end).SerializeToString()


def drawn(*ends: Any) -> Drawn:
    return asyncio.run(Session(Line(*ends)).draw())  # type: ignore[arg-type]  # only what is asked of a connection


@pytest.mark.parametrize("end", [ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY])
def test_a_page_and_a_fragment_of_it_come_to_their_end(end: Any) -> None:
    assert drawn(ForwardMsg.FINISHED_EARLY_FOR_RERUN, end).errors == []


def test_what_breaks_off_is_told() -> None:
    with pytest.raises(Failed, match="did not end"):
        drawn(ForwardMsg.FINISHED_WITH_COMPILE_ERROR)
