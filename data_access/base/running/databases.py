"""The databases of a process: the primary, and the standbys that lists, charts, reports and notebooks may be read from.

Ruling 34. A standby that does not answer is left alone for a while: the primary answers for it.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Pool

from data_access.base.engine import DatabaseLimits, make_engine
from data_access.base.settings import Settings

REST_SECONDS = 10.0


@dataclass(slots=True)
class Standbys:
    """One engine on all of them: its address may name several, of which each connection takes one."""

    engine: Engine
    clock: Callable[[], float] = time.monotonic
    _rests_until: float = 0.0

    @property
    def are_resting(self) -> bool:
        return self.clock() < self._rests_until

    def rest(self) -> None:
        """None of them answered: no read waits for them for a while."""
        self._rests_until = self.clock() + REST_SECONDS


_STANDBYS: WeakKeyDictionary[Pool, Standbys] = WeakKeyDictionary()


def open_database(chosen: Settings) -> Engine:
    """The engine of the primary. Its standbys, where the settings name any, are found by it."""
    limits = DatabaseLimits(
        pool_size=chosen.database_pool_size,
        pool_overflow=chosen.database_pool_overflow,
        statement_seconds=chosen.database_statement_seconds,
        lock_seconds=chosen.database_lock_seconds,
        application_name=chosen.database_application_name,
    )
    primary = make_engine(chosen.database_url, limits)
    if chosen.database_read_url:
        _STANDBYS[primary.pool] = Standbys(make_engine(chosen.database_read_url, limits))
    return primary


def standbys_of(engine: Engine) -> Standbys | None:
    """Where reads that may be some seconds behind can go; None: to the primary."""
    return _STANDBYS.get(engine.pool)
