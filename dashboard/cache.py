"""The one cache of what queries gave. Rights are asked outside it; a command makes every older entry unreachable."""

from typing import TypeVar

import streamlit as st

from data_access.access import Access, Query

T = TypeVar("T")
TTL_SECONDS = 10  # what depends on the clock alone is at most this old


@st.cache_data(ttl=TTL_SECONDS, max_entries=500, show_spinner=False)
def _fetch(key: tuple[str, str, str, int], _access: Access, _query: Query[T]) -> T:  # noqa: ARG001 - the cache reads it
    return _access.fetch(_query)


def fetch(access: Access, query: Query[T]) -> T:
    """What the query gives, from the cache when nothing was commanded since. NotPermitted without the right.

    The number of the last command is read first: a read begun before a commit is kept under the number before it.
    """
    access.actor.require(query.needs)
    # repr, not the value: Streamlit hashes a nested dataclass without its class
    key = (str(access.engine.url), repr(access.actor), repr(query), access.last_command())
    return _fetch(key, access, query)
