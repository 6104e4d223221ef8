"""Axe finds no fault on any page, in light and in dark."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from dashboard.customer_tab_bar import TABS
from dashboard.navigation import PAGES
from tests.support.browsing import SCHEMES, SIZE, Desk, Scheme, accessibility_faults, settled
from tests.support.demo_desk import SUSPENDED, a_customer_who

ADDRESSES = ["" if page.is_default else page.file for page in PAGES if page.file != "customer"]


@pytest.fixture(scope="module", params=SCHEMES)
def admin_page(desk: Desk, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A browser of an admin who prefers this scheme."""
    context = browser.new_context(viewport=SIZE, color_scheme=request.param)
    page = context.new_page()
    desk.sign_in(page, "admin")
    yield page
    context.close()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_sign_in_has_no_fault(desk: Desk, browser: Browser, scheme: Scheme) -> None:
    context = browser.new_context(viewport=SIZE, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{desk.address}/login")
    faults = accessibility_faults(page)
    context.close()
    assert not faults


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_has_no_fault(desk: Desk, admin_page: Page, address: str) -> None:
    admin_page.goto(f"{desk.address}/{address}")
    settled(admin_page)
    assert not accessibility_faults(admin_page)


@pytest.mark.parametrize("tab", TABS)
def test_a_suspended_customer_has_no_fault(desk: Desk, admin_page: Page, tab: str) -> None:
    someone = a_customer_who(desk, *SUSPENDED)
    admin_page.goto(f"{desk.address}/customer?id={someone.id}&tab={tab.replace(' ', '+').replace('&', '%26')}")
    settled(admin_page)
    assert not accessibility_faults(admin_page)


@pytest.mark.parametrize("action", ["Change status", "Adjust balance", "Edit", "Note"])
def test_a_dialog_has_no_fault(desk: Desk, admin_page: Page, action: str) -> None:
    someone = a_customer_who(desk, *SUSPENDED)
    admin_page.goto(f"{desk.address}/customer?id={someone.id}")
    settled(admin_page)
    admin_page.get_by_role("button", name=action, exact=True).click()
    admin_page.get_by_role("dialog").wait_for()
    settled(admin_page)
    assert not accessibility_faults(admin_page)
