"""A dashboard with demo data and a browser, for the journeys."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.browsing import ARGUMENTS, SIZE, Desk, chromium
from tests.support.demo_desk import demo_desk


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with demo_desk(tmp_path_factory.mktemp("desk"), customers=1000) as running:
        yield running


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


@pytest.fixture(scope="module")
def admin_page(desk: Desk, browser: Browser) -> Iterator[Page]:
    """A browser of an admin."""
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    desk.sign_in(page, "admin")
    yield page
    context.close()
