"""Axe finds no fault on any page, in light and in dark."""

import pytest
from playwright.sync_api import Browser, Page

from dashboard.kit.addresses.navigation import PAGES
from tests.support.browsing import SCHEMES, SIZE, Desk, Scheme, accessibility_faults, settled

GROUPS = "advanced_search?where=or1:balance.at_least.1&where=or1:blocked.is.yes&where=currency.is.EUR"
ADDRESSES = [*("" if page.is_default else page.file for page in PAGES if page.file != "customer"), GROUPS]


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
