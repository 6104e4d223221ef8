"""The pace of sign-in: an attempt waits before it is checked, the longer the more have failed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from anyio import to_thread
from sqlalchemy import Engine

from data_access.base.clock import Clock
from data_access.store import sign_ins

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Pace:
    """Waiting takes no thread and no place among those whose passwords are judged."""

    engine: Engine
    clock: Clock
    sleep: Sleep

    async def wait(self, login: str, ip: str) -> None:
        """Returns when a try of this name from this address may be judged."""
        pause = await to_thread.run_sync(self._pause, login, ip)
        if pause:
            await self.sleep(pause)

    def _pause(self, login: str, ip: str) -> float:
        return sign_ins.pause_before(self.engine, login, ip=ip, now=self.clock()).total_seconds()
