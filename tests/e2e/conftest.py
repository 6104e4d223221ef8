"""A dashboard with demo data and a browser, for the journeys."""

import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.support.browsing import ARGUMENTS, Desk, chromium
from tests.support.programs import free_port, running, wait_until_it_answers

START_SECONDS = 90
SIZE = ViewportSize(width=1440, height=900)


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The dashboard as `make run` starts it, on a port and a database of its own."""
    folder = tmp_path_factory.mktemp("desk")
    port, log = free_port(), folder / "log"
    env = {"APP_ENV": "demo", "DATABASE_URL": f"sqlite:///{folder / 'desk.db'}"}
    command = [sys.executable, "-m", "dashboard", "--port", str(port)]
    with running(command, env=env, log=log) as process:
        address = f"http://127.0.0.1:{port}"
        wait_until_it_answers(process, f"{address}/healthz", log=log, seconds=START_SECONDS)
        yield Desk(address)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page in a context of its own: no cookie of the test before."""
    context = browser.new_context(viewport=SIZE)
    yield context.new_page()
    context.close()
