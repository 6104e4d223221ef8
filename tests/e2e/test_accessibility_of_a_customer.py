"""Axe finds no fault on any tab of a customer and in any dialog there, in light and in dark."""

from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from dashboard.customer.tab_bar import TABS
from data_access.models.customers import Customer
from data_access.models.usage.tariffs import OverrideTariff
from tests.support.browsing import Desk, accessibility_faults, faults_of_the_whole, settled
from tests.support.demo_desk import SUSPENDED, a_customer_who

OVERRIDE_TARIFFS = "Override tariffs"  # of those alone who have them
IN_TABS = {
    "Subscriptions": "Add a subscription",
    "Quotas & service wallets": "Grant a quota",
    "Balance & credits": "Raise the limit temporarily",
    "Invoices & taxation": "Issue an invoice",
    "Payment method": "Add a payment method",
    "Life cycle": "Record promise",
}


@pytest.mark.parametrize("tab", [tab for tab in TABS if tab != OVERRIDE_TARIFFS])
def test_a_suspended_customer_has_no_fault(desk: Desk, admin_page: Page, tab: str) -> None:
    _open(desk, admin_page, tab)
    assert not faults_of_the_whole(admin_page)


def test_override_tariffs_have_no_fault(desk: Desk, admin_page: Page) -> None:
    someone = a_customer_who(desk, Customer.id.in_(select(OverrideTariff.customer_id)))
    admin_page.goto(f"{desk.address}/customer?id={someone.id}&tab={quote(OVERRIDE_TARIFFS)}")
    settled(admin_page)
    expect(admin_page.get_by_role("tab", name=OVERRIDE_TARIFFS, selected=True)).to_have_count(1)
    assert not faults_of_the_whole(admin_page)


@pytest.mark.parametrize("action", ["Change status", "Adjust balance", "Edit", "Note"])
def test_a_dialog_has_no_fault(desk: Desk, admin_page: Page, action: str) -> None:
    _open(desk, admin_page, "Overview")
    assert not _faults_of_the_dialog(admin_page, action)


@pytest.mark.parametrize("tab", IN_TABS)
def test_a_dialog_of_a_tab_has_no_fault(desk: Desk, admin_page: Page, tab: str) -> None:
    _open(desk, admin_page, tab)
    assert not _faults_of_the_dialog(admin_page, IN_TABS[tab])


def _open(desk: Desk, page: Page, name: str) -> None:
    """The tab of a suspended customer; whatever is open of one stays."""
    tab = page.get_by_role("tab", name=name, exact=True)
    if not tab.count():
        page.goto(f"{desk.address}/customer?id={a_customer_who(desk, *SUSPENDED).id}")
        settled(page)
    tab.click()
    expect(tab).to_have_attribute("aria-selected", "true")
    settled(page)


def _faults_of_the_dialog(page: Page, button: str) -> list[str]:
    page.get_by_role("button", name=button, exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    settled(page)
    faults = accessibility_faults(page)
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    settled(page)
    return faults
