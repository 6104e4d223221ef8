"""The server watches the launcher that started it: when the launcher is gone, the server exits too."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

_LAUNCHER = "CUSTOMER_DESK_LAUNCHER"
_NO_PROXIES = {
    "FORWARDED_ALLOW_IPS": ""
}  # uvicorn believes any proxy on this computer; dashboard/server/proxies.py decides
_LOOKS_EVERY_SECONDS = 1.0


def by_this_process() -> dict[str, str]:
    """The environment of a server that this process launches."""
    return os.environ | _NO_PROXIES | {_LAUNCHER: str(os.getpid())}


@asynccontextmanager
async def tied() -> AsyncIterator[None]:
    """For the length of the block; a server that was started in another way is left alone."""
    launcher = os.getppid()
    watch = asyncio.create_task(_end_with(launcher)) if os.environ.get(_LAUNCHER) == str(launcher) else None
    yield
    if watch is not None:
        watch.cancel()


async def _end_with(launcher: int) -> None:
    """A launcher that was killed outright could not stop its server: the server has another parent then."""
    while os.getppid() == launcher:
        await asyncio.sleep(_LOOKS_EVERY_SECONDS)
    signal.raise_signal(signal.SIGTERM)
