"""The only cache of query results. Permissions are checked outside it; a result is kept until a command touches it.

Ruling 33, but by the tables that an answer was read from: what others write elsewhere leaves it.
"""

import pickle
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

from cachetools import TTLCache

from data_access.base.permissions import Actor
from data_access.base.running.metrics import CACHE_LOOKS
from data_access.store.access import Access, Query

T = TypeVar("T")
Key = tuple[str, Actor, Query[Any]]
TTL_SECONDS = 10  # what depends on the clock alone is at most this old
MOST = 500
_MOST_COMMANDS = 500  # looked through one by one; after more of them nothing is taken to hold


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What a query gave, from which tables, and the last command before it was asked."""

    number: int
    tables: frozenset[str]
    value: bytes


@dataclass(slots=True)
class Writes:
    """The last command that wrote to each table, up to a command; `since`: from where on all are known."""

    last: int
    since: int
    by_table: dict[str, int] = field(default_factory=dict)

    def note(self, number: int, tables: frozenset[str]) -> None:
        self.last = max(self.last, number)
        self.by_table |= {table: max(number, self.by_table.get(table, 0)) for table in tables}

    def have_touched(self, answer: KeptAnswer) -> bool:
        return answer.number < self.since or any(self.by_table.get(table, 0) > answer.number for table in answer.tables)


_KEPT: TTLCache[Key, KeptAnswer] = TTLCache(MOST, TTL_SECONDS)
_WRITES: dict[str, Writes] = {}
_LOCK = Lock()


def fetch(access: Access, query: Query[T]) -> T:
    """What the query gives, from the cache while nothing was written to its tables. NotPermitted without the right.

    The number of the last command is read first: a read begun before a commit is kept under the number before it, and
    what a standby gave under the number that the standby had come to.
    """
    access.actor.require(query.needs)
    key, number = (str(access.engine.url), access.actor, query), access.last_command()
    with _LOCK:
        kept = _KEPT.get(key)
    if kept is not None and (kept.number == number or _holds(access, kept, number)):
        CACHE_LOOKS.labels("kept").inc()
        again: T = pickle.loads(kept.value)
        return again
    CACHE_LOOKS.labels("asked").inc()
    noted = access.fetch_noting(query, number)
    copy = pickle.dumps(noted.value)  # so that what one page does to its frame no other sees
    with _LOCK:
        _KEPT[key] = KeptAnswer(noted.as_of, noted.tables, copy)
    return noted.value


def _holds(access: Access, kept: KeptAnswer, number: int) -> bool:
    """Whether no command up to this one has touched it; those that are new here are looked through first."""
    with _LOCK:
        writes = _WRITES.setdefault(str(access.engine.url), Writes(kept.number, kept.number))
        known = writes.last
    new = access.written_after(known, _MOST_COMMANDS) if known < number else []
    with _LOCK:
        for one, tables in new:
            writes.note(one, tables)
        if len(new) == _MOST_COMMANDS:
            writes.last = writes.since = max(number, writes.last)
        return not writes.have_touched(kept)


def forget() -> None:
    """Empties it; for who changes a database without commands."""
    with _LOCK:
        _KEPT.clear()
        _WRITES.clear()
