"""Axe finds no fault on any page, in light and in dark."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.kit.addresses.navigation import PAGES
from tests.support.browsing import SCHEMES, SIZE, Desk, Scheme, accessibility_faults, settled

GROUPS = "advanced_search?where=or1:balance.at_least.1&where=or1:blocked.is.yes&where=currency.is.EUR"
ADDRESSES = [*(page.file for page in PAGES if not page.is_in_menu and page.file != "customer"), GROUPS]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_sign_in_has_no_fault(desk: Desk, browser: Browser, scheme: Scheme) -> None:
    context = browser.new_context(viewport=SIZE, color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{desk.address}/login")
    faults = accessibility_faults(page)
    context.close()
    assert not faults


@pytest.mark.parametrize("title", [page.title for page in PAGES if page.is_in_menu])
def test_a_page_of_the_menu_has_no_fault(admin_page: Page, title: str) -> None:
    admin_page.get_by_test_id("stSidebarNavItems").get_by_role("link", name=title, exact=True).click()
    expect(admin_page).to_have_title(re.compile(re.escape(title)))
    settled(admin_page)
    assert not accessibility_faults(admin_page)


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_has_no_fault(desk: Desk, admin_page: Page, address: str) -> None:
    admin_page.goto(f"{desk.address}/{address}")
    settled(admin_page)
    assert not accessibility_faults(admin_page)


def test_the_form_of_a_plan_has_no_fault(desk: Desk, admin_page: Page) -> None:
    admin_page.goto(f"{desk.address}/subscription_plans?change=1")
    settled(admin_page)
    assert not accessibility_faults(admin_page)
