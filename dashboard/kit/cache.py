"""The one cache of what queries gave. Rights are asked outside it; a command makes every older entry unreachable."""

import pickle
from threading import Lock
from typing import Any, TypeVar

from cachetools import TTLCache

from data_access.base.permissions import Actor
from data_access.store.access import Access, Query

T = TypeVar("T")
Key = tuple[str, Actor, Query[Any], int]
TTL_SECONDS = 10  # what depends on the clock alone is at most this old
MOST = 500
_KEPT: TTLCache[Key, bytes] = TTLCache(MOST, TTL_SECONDS)
_LOCK = Lock()


def fetch(access: Access, query: Query[T]) -> T:
    """What the query gives, from the cache when nothing was commanded since. NotPermitted without the right.

    The number of the last command is read first: a read begun before a commit is kept under the number before it.
    """
    access.actor.require(query.needs)
    key = (str(access.engine.url), access.actor, query, access.last_command())
    with _LOCK:
        kept = _KEPT.get(key)
    if kept is not None:
        again: T = pickle.loads(kept)
        return again
    found = access.fetch(query)
    copy = pickle.dumps(found)  # so that what one page does to its frame no other sees
    with _LOCK:
        _KEPT[key] = copy
    return found


def forget() -> None:
    """Empties it; for who changes a database without commands."""
    with _LOCK:
        _KEPT.clear()
