"""Axe finds no fault on any page, in light and in dark."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page

from dashboard.customer.tab_bar import TABS
from dashboard.kit.addresses.navigation import PAGES
from tests.support.browsing import SCHEMES, SIZE, Desk, Scheme, accessibility_faults, settled
from tests.support.demo_desk import SUSPENDED, a_customer_who

GROUPS = "advanced_search?where=or1:balance.at_least.1&where=or1:blocked.is.yes&where=currency.is.EUR"
ADDRESSES = [*("" if page.is_default else page.file for page in PAGES if page.file != "customer"), GROUPS]

IN_TABS = {
    "Subscriptions": "Add a subscription",
    "Quotas & service wallets": "Grant a quota",
    "Balance & credits": "Raise the limit temporarily",
    "Invoices & taxation": "Issue an invoice",
    "Payment method": "Add a card",
    "Life cycle": "Record promise",
}


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


def test_the_form_of_a_plan_has_no_fault(desk: Desk, admin_page: Page) -> None:
    admin_page.goto(f"{desk.address}/subscription_plans?change=1")
    settled(admin_page)
    assert not accessibility_faults(admin_page)


@pytest.mark.parametrize("tab", TABS)
def test_a_suspended_customer_has_no_fault(desk: Desk, admin_page: Page, tab: str) -> None:
    _open(desk, admin_page, tab)
    assert not accessibility_faults(admin_page)


@pytest.mark.parametrize("action", ["Change status", "Adjust balance", "Edit", "Note"])
def test_a_dialog_has_no_fault(desk: Desk, admin_page: Page, action: str) -> None:
    _open(desk, admin_page, "Overview")
    assert not _faults_of_the_dialog(admin_page, action)


@pytest.mark.parametrize("tab", IN_TABS)
def test_a_dialog_of_a_tab_has_no_fault(desk: Desk, admin_page: Page, tab: str) -> None:
    _open(desk, admin_page, tab)
    assert not _faults_of_the_dialog(admin_page, IN_TABS[tab])


def _open(desk: Desk, page: Page, tab: str) -> None:
    someone = a_customer_who(desk, *SUSPENDED)
    page.goto(f"{desk.address}/customer?id={someone.id}&tab={quote(tab)}")
    settled(page)


def _faults_of_the_dialog(page: Page, button: str) -> list[str]:
    page.get_by_role("button", name=button, exact=True).click()
    page.get_by_role("dialog").wait_for()
    settled(page)
    return accessibility_faults(page)
