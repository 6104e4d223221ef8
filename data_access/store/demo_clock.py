"""The clock of a database: the real one, moved forward as far as the demo was."""

import time
from datetime import datetime, timedelta
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

from data_access.base.clock import Clock, system_clock
from data_access.models.jobs import DemoClock
from data_access.store.job_leases import job_door

LOOK_SECONDS = 1.0


class _Look:
    """How far a database's clock is ahead, as it was seen last; None: not yet."""

    def __init__(self) -> None:
        self.ahead: timedelta | None = None
        self.at = 0.0
        self.turn = Lock()


_LOOKS: WeakKeyDictionary[Pool, _Look] = WeakKeyDictionary()


class DemoTime:
    """The clock of a database: the real one, moved ahead by what a demo's row says; looked up once a second at most."""

    def __init__(self, engine: Engine, real: Clock = system_clock) -> None:
        self._engine, self._real = engine, real
        self._look = _LOOKS.setdefault(engine.pool, _Look())

    def __call__(self) -> datetime:
        look = self._look
        is_old = look.ahead is None or time.monotonic() - look.at > LOOK_SECONDS
        if is_old and look.turn.acquire(blocking=look.ahead is None):  # waits for nobody while it holds a connection
            try:
                look.ahead, look.at = self._row(), time.monotonic()
            finally:
                look.turn.release()
        return self._real() + (look.ahead or timedelta(0))

    def _row(self) -> timedelta:
        with Session(self._engine) as session:
            return timedelta(seconds=session.scalar(select(DemoClock.ahead_seconds)) or 0)

    def move_ahead(self, by: timedelta) -> None:
        """For everyone who looks at this demo; it never goes back."""
        with job_door(self._engine) as session:
            row = session.scalar(select(DemoClock).with_for_update()) or DemoClock(id=1, ahead_seconds=0)
            row.ahead_seconds += int(by.total_seconds())
            session.add(row)
        self._look.ahead = None


def clock_of(engine: Engine) -> Clock:
    """The one clock of what is business on this database: for pages, notebooks, the command line and the worker.

    The database says it, whatever the environment: on a demo that was moved ahead, the system's would book in the past.
    """
    return DemoTime(engine)
