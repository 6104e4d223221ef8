"""Each page has its address, its name in the title, all columns in sight and no fault for axe, in light and in dark."""

import re

import pytest
from playwright.sync_api import Page, expect

from dashboard.kit.addresses.navigation import PAGES, PageEntry
from tests.support.browsing import Desk, accessibility_faults, faults_of_the_whole, settled

GROUPS = "advanced_search?where=or1:balance.at_least.1&where=or1:blocked.is.yes&where=currency.is.EUR"


def test_the_sign_in_has_no_fault(desk: Desk, page: Page) -> None:
    page.goto(f"{desk.address}/login")
    assert not accessibility_faults(page)


@pytest.mark.parametrize("entry", [page for page in PAGES if page.is_in_menu], ids=lambda page: page.file)
def test_a_page_of_the_menu_is_whole_and_has_no_fault(admin_page: Page, entry: PageEntry) -> None:
    menu = admin_page.get_by_test_id("stSidebarNavItems")
    menu.get_by_role("link", name=entry.title, exact=True).click()
    expect(admin_page).to_have_title(f"{entry.title} · Customer Desk")
    settled(admin_page)
    expect(admin_page).to_have_url(re.compile(rf"/{'' if entry.is_default else entry.file}$"))
    assert not faults_of_the_whole(admin_page)


@pytest.mark.parametrize("entry", [page for page in PAGES if not page.is_in_menu], ids=lambda page: page.file)
def test_a_page_beside_the_menu_is_whole_and_has_no_fault(desk: Desk, admin_page: Page, entry: PageEntry) -> None:
    admin_page.goto(f"{desk.address}/{entry.file}?id=1")
    settled(admin_page)
    expect(admin_page).to_have_title(f"{entry.title} · Customer Desk")
    assert not faults_of_the_whole(admin_page)


@pytest.mark.parametrize("address", [GROUPS, "subscription_plans?change=1"])
def test_what_an_address_opens_has_no_fault(desk: Desk, admin_page: Page, address: str) -> None:
    admin_page.goto(f"{desk.address}/{address}")
    settled(admin_page)
    assert not accessibility_faults(admin_page)
