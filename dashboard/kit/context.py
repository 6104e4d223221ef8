"""Who is signed in, on which database: what every page opens with."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import streamlit as st
from sqlalchemy import Engine

from dashboard.kit.addresses.list_state import put_in_place
from dashboard.kit.feedback import SignedOut
from dashboard.kit.signin_cookies import Cookies
from data_access.base.clock import system_clock
from data_access.base.permissions import Actor, Permission
from data_access.base.running.databases import open_database
from data_access.base.settings import Environment, settings
from data_access.store import sign_ins
from data_access.store.access import Access, Beside, Command, Query, R


@st.cache_resource(show_spinner=False)
def engine_at(url: str) -> Engine:
    """The one engine of this process for a database; where the settings name standbys, they belong to it."""
    return open_database(settings().model_copy(update={"database_url": url}))


def engine() -> Engine:
    """The database of this process."""
    return engine_at(settings().database_url)


def signed_in() -> Actor:
    """Who is signed in, by the people table of this moment. SignedOut when nobody is."""
    return _holder_of(own_token())


def access_of(token: str) -> Access:
    """What the person of a session can see and do at this moment, outside a run too. SignedOut when it is over."""
    return Access(engine(), _holder_of(token))


def _holder_of(token: str) -> Actor:
    actor = sign_ins.actor_for_token(engine(), token, system_clock()) if token else None
    if actor is None:
        raise SignedOut
    return actor


def own_session() -> int | None:
    """The id of the session that this run belongs to."""
    return sign_ins.session_of(engine(), own_token())


def own_token() -> str:
    """The token of the session that this run belongs to; empty where there is none."""
    return _token() or ""


def _token() -> str | None:
    if settings().app_env is Environment.TEST and "session_token" in st.session_state:
        return str(st.session_state["session_token"])
    return st.context.cookies.get(Cookies(settings().has_secure_cookies).session)


class _OneRun(Access):
    """An access that lives as long as one run, and keeps what it has read until a command of its own.

    That is the number of the last command, and what queries load once.
    """

    def __init__(self, engine: Engine, actor: Actor) -> None:
        super().__init__(engine, actor)
        self._forget()

    def _forget(self) -> None:
        self._last: int | None = None
        self._loaded: dict[Permission, dict[Any, Any]] = {}

    def _known(self, query: Query[Any]) -> dict[Any, Any]:
        return self._loaded.setdefault(query.shows, {})  # what is masked by one right is not handed to another

    def last_command(self) -> int:
        if self._last is None:
            self._last = super().last_command()
        return self._last

    def execute(self, command: Command[R], beside: Beside | None = None) -> R:
        try:
            return super().execute(command, beside)
        finally:
            self._forget()


_RUN: ContextVar[Access | None] = ContextVar("run", default=None)


@contextmanager
def one_run() -> Iterator[Access]:
    """Looks up who is signed in, once for all that is drawn inside. SignedOut when nobody is."""
    before = _RUN.set(_OneRun(engine(), signed_in()))
    try:
        yield access()
    finally:
        _RUN.reset(before)


def access() -> Access:
    """What the signed-in person can see and do. A dialog or fragment that runs without its page asks again."""
    return _RUN.get() or Access(engine(), signed_in())


def open_page(title: str, needs: Permission) -> Access:
    """The title line, then the right to be here: the first line of every page. NotPermitted without it."""
    put_in_place(None)
    st.title(title, anchor=False)
    opened = access()
    opened.actor.require(needs)
    return opened
