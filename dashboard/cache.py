"""The one cache of what queries gave. Rights are asked outside it; a command makes every older entry unreachable."""

from collections.abc import Callable
from functools import cache as once
from typing import Any, TypeVar

import streamlit as st

from data_access.access import Access, Query

T = TypeVar("T")
TTL_SECONDS = 10  # what depends on the clock alone is at most this old


def _ask(key: tuple[str, str, str, int], _access: Access, _query: Query[Any]) -> Any:  # noqa: ARG001 - the cache reads it
    return _access.fetch(_query)


@once
def _cached() -> Callable[[tuple[str, str, str, int], Access, Query[Any]], Any]:
    """Made by the first page that asks: while the server is being imported, Streamlit has no store for it yet."""
    return st.cache_data(ttl=TTL_SECONDS, max_entries=500, show_spinner=False)(_ask)


def fetch(access: Access, query: Query[T]) -> T:
    """What the query gives, from the cache when nothing was commanded since. NotPermitted without the right.

    The number of the last command is read first: a read begun before a commit is kept under the number before it.
    """
    access.actor.require(query.needs)
    # repr, not the value: Streamlit hashes a nested dataclass without its class
    key = (str(access.engine.url), repr(access.actor), repr(query), access.last_command())
    found: T = _cached()(key, access, query)
    return found
