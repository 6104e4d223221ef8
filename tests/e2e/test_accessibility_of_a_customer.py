"""Axe finds no fault on any tab of a customer and in any dialog there, in light and in dark."""

from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from dashboard.customer.tab_bar import TABS
from data_access.models.customers import Customer
from data_access.models.usage.tariffs import OverrideTariff
from tests.support.browsing import Desk, accessibility_faults, settled
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
    bar = admin_page.get_by_role("tab", name=tab, exact=True)
    if not bar.count():
        _open(desk, admin_page, "Overview")
    bar.click()
    expect(bar).to_have_attribute("aria-selected", "true")
    settled(admin_page)
    assert not accessibility_faults(admin_page)


def test_override_tariffs_have_no_fault(desk: Desk, admin_page: Page) -> None:
    someone = a_customer_who(desk, Customer.id.in_(select(OverrideTariff.customer_id)))
    admin_page.goto(f"{desk.address}/customer?id={someone.id}&tab={quote(OVERRIDE_TARIFFS)}")
    settled(admin_page)
    expect(admin_page.get_by_role("tab", name=OVERRIDE_TARIFFS, selected=True)).to_have_count(1)
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
