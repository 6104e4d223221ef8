"""The clock of a page: in a demo it follows the demo's, anywhere else the system's."""

from datetime import timedelta

import pytest

from dashboard import context
from data_access.clock import system_clock
from data_access.running import DemoTime
from data_access.settings import settings
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


def test_a_page_of_a_demo_follows_its_clock(desk_app: DeskApp, monkeypatch: pytest.MonkeyPatch) -> None:
    assert abs(moved_ahead(desk_app, monkeypatch, "demo") - AHEAD) < timedelta(seconds=5)


@pytest.mark.parametrize("environment", ["test", "production"])
def test_elsewhere_the_demos_clock_is_nothing(
    desk_app: DeskApp, monkeypatch: pytest.MonkeyPatch, environment: str
) -> None:
    assert abs(moved_ahead(desk_app, monkeypatch, environment)) < timedelta(seconds=5)
