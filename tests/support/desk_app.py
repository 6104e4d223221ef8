"""The dashboard without a browser: AppTest from the entry point, signed in by a real session."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from dashboard.kit import context
from dashboard.kit.addresses.navigation import HOME
from data_access.base.clock import system_clock
from data_access.base.permissions import Actor, Role
from data_access.base.settings import settings
from data_access.store import sign_ins
from tests.support.people import a_person

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 30


@dataclass(frozen=True, slots=True)
class DeskApp:
    """A database, and the dashboard on it."""

    engine: Engine

    def sign_in(
        self, role: Role = Role.SUPPORT, *, script: Path = ROOT / "dashboard" / "app.py", **over: Any
    ) -> AppTest:
        """The dashboard before its first run, for a new person of this role."""
        return self.sign_in_as(a_person(self.engine, role, **over), script=script)

    def sign_in_as(self, actor: Actor, *, script: Path = ROOT / "dashboard" / "app.py") -> AppTest:
        """The same for a person who is there."""
        assert actor.person_id is not None
        app = AppTest.from_file(script, default_timeout=SECONDS)
        app.session_state["session_token"] = sign_ins.open_session(self.engine, actor.person_id, system_clock())
        return app

    def open(self, page: str, role: Role = Role.SUPPORT, /, **address: str) -> AppTest:
        """A page as it is drawn for a new person of this role; `address` holds what stands behind the question mark."""
        app = self.sign_in(role)
        if page != HOME:  # drawn first anyway: its address is empty
            app.switch_page(f"../pages/{page}.py")
        for name, value in address.items():
            app.query_params[name] = value
        return app.run()


@contextmanager
def desk_app_on(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeskApp]:
    """The process's settings point at this database for the length of the block."""
    monkeypatch.setenv("APP_ENV", "test")
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setattr(type(st.context), "cookies", {})  # those of a browser that has none
    settings.cache_clear()
    yield DeskApp(context.engine_at(url))
    settings.cache_clear()
