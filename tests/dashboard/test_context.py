"""The clock of a page: that of its database, as in a notebook."""

from datetime import timedelta

import pytest

from dashboard.kit import context
from data_access.base.clock import system_clock
from data_access.base.engine import make_engine
from data_access.base.settings import settings
from data_access.store.access import access_as
from data_access.store.demo_clock import DemoTime
from tests.support.desk_app import DeskApp
from tests.support.people import a_person

AHEAD = timedelta(days=40)


def moved_ahead(desk_app: DeskApp, monkeypatch: pytest.MonkeyPatch, environment: str) -> timedelta:
    """How far a page is ahead of the system's clock when the demo's clock was moved."""
    actor = a_person(desk_app.engine)
    DemoTime(desk_app.engine).move_ahead(AHEAD)
    monkeypatch.setenv("APP_ENV", environment)
    settings.cache_clear()
    monkeypatch.setattr(context, "signed_in", lambda: actor)
    with context.one_run() as access:
        return access.now() - system_clock()


@pytest.mark.parametrize("environment", ["demo", "test", "production"])
def test_a_page_follows_the_clock_of_its_database(
    desk_app: DeskApp, monkeypatch: pytest.MonkeyPatch, environment: str
) -> None:
    assert abs(moved_ahead(desk_app, monkeypatch, environment) - AHEAD) < timedelta(seconds=5)


def test_a_notebook_and_a_page_agree_on_the_time(desk_app: DeskApp, monkeypatch: pytest.MonkeyPatch) -> None:
    moved_ahead(desk_app, monkeypatch, "demo")
    login = a_person(desk_app.engine, login="ann").login
    again = make_engine(desk_app.engine.url.render_as_string(hide_password=False))
    with context.one_run() as page:
        assert abs(access_as(again, login).now() - page.now()) < timedelta(seconds=5)
    again.dispose()
