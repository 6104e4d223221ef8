"""A customer from nothing, with something on every tab: typed as at a desk, then read back tab by tab."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from dashboard.customer.tab_bar import TABS
from tests.support.browsing import Desk, settled

OPTIONAL = (
    "Address info", "Additional info", "Invoicing settings", "Service configuration", "Abbreviated dialing",
    "Fraud protection", "Web self-care",
)  # fmt: skip
MADE_OTHERWISE = {"Overview", "Invoices & taxation", "Audit"}  # nothing is added there of a new customer


@dataclass(frozen=True, slots=True)
class Step:
    """Something that is added on a tab: what is typed and chosen by label, the button, and what the tab then shows."""

    tab: str
    action: str
    typed: Sequence[tuple[str, str]]
    chosen: Sequence[tuple[str, str]]
    go: str
    shows: str
    kind: str = ""  # one of a few, side by side
    day: tuple[str, str] = ("", "")


STEPS = (
    Step("Accounts", "Add an account", [("Account ID", "4930555"), ("Product", "Fibre 500")], [], "Add the account",
         "4930555", kind="Internet"),
    Step("Abbreviated dialing", "Add a number", [("Abbreviated number", "34"), ("Number to dial", "4930555")], [],
         "Add the number", "34"),
    Step("DIDs", "Assign a number", [], [("Number", "49300000000")], "Assign", "49300000000"),
    Step("Subscriptions", "Add a subscription", [], [("Plan", "Television")], "Subscribe", "Television EUR"),
    Step("Quotas & service wallets", "Grant a quota", [("Allowance", "500")],
         [("Service", "Calls"), ("Unit", "Minutes")], "Grant", "Calls"),
    Step("Discounts", "Assign a plan", [], [("Volume discount plan", "EUR")], "Assign", "EUR"),
    Step("Measured services", "Add a measured service", [("Price per item", "2.50")],
         [("Measured parameter", "Active calls")], "Add the measured service", "Active calls"),
    Step("Override tariffs", "Add an override tariff", [],
         [("Original tariff", "Standard"), ("Override tariff", "Business")], "Add the override tariff", "Business"),
    Step("Payment method", "Add a payment method", [("Token of the gateway", "test-approve-1"), ("Brand", "Visa"),
         ("Last four digits", "4242")], [], "Store the card", "4242",
         day=("year, Last day it is valid", "20301231")),
    Step("Web self-care", "Set the login", [("Login", "ferrum")], [], "Save", "ferrum"),
    Step("Custom fields", "Edit custom fields", [("Contract number", "F-2026-1")], [], "Save", "F-2026-1"),
    Step("Balance & credits", "Warning thresholds", [("Percent of the permanent limit", "80")], [], "Save",
         "1 threshold"),
)  # fmt: skip
READ_BACK = {
    "Address info": "Ferrum Works", "Additional info": "REF-77", "Service configuration": "no",
    "Fraud protection": "Germany", "Life cycle": "monthly",
}  # fmt: skip


def type_in(within: Page | Locator, page: Page, label: str, text: str) -> None:
    within.get_by_role("textbox", name=label, exact=True).focus()  # a calendar that is open lies over it
    page.keyboard.type(text)
    page.keyboard.press("Tab")
    settled(page)


def choose(within: Page | Locator, page: Page, label: str, option: str) -> None:
    within.get_by_role("combobox", name=label, exact=True).click()
    page.keyboard.type(option)
    page.get_by_role("option", name=option).first.click()
    settled(page)


def open_tab(page: Page, name: str) -> None:
    tab = page.get_by_role("tab", name=name, exact=True)
    tab.click()
    expect(tab).to_have_attribute("aria-selected", "true")
    settled(page)


def shown(page: Page, text: str) -> Locator:
    """A cell of a table as a screen reader has it, or a text, on the tab that is open."""
    tab = page.get_by_test_id("stTabs")
    cell = tab.locator("canvas [role=gridcell]").filter(has_text=text)
    return cell.or_(tab.get_by_text(text)).first


def test_each_tab_is_filled_or_says_why_not() -> None:
    assert {step.tab for step in STEPS} | READ_BACK.keys() | MADE_OTHERWISE == TABS.keys()


def test_a_customer_is_added_with_every_tab_filled_and_read_back(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "admin")
    page.goto(f"{desk.address}/new_customer")
    settled(page)
    type_in(page, page, "Customer ID", "CARD-1")
    choose(page, page, "Customer class", "Residential EUR")
    type_in(page, page, "Limit in EUR", "500")
    for section in OPTIONAL:
        page.get_by_text(f"{section} (optional)").click()
    type_in(page, page, "Company name", "Ferrum Works")
    type_in(page, page, "Reference number", "REF-77")
    page.get_by_text("Override tariffs enabled").click()
    choose(page, page, "Send invoices by email", "No")
    choose(page, page, "Call parking", "No")
    type_in(page, page, "Maximum abbreviated number length", "3")
    choose(page, page, "Default country", "Germany")
    type_in(page, page, "Date output format", "DD.MM.YYYY")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url(re.compile(r"/customer\?id="))
    settled(page)
    for step in STEPS:
        open_tab(page, step.tab)
        page.get_by_role("button", name=step.action, exact=True).click()
        dialog = page.get_by_role("dialog")
        dialog.wait_for()
        if step.kind:
            dialog.get_by_text(step.kind, exact=True).click()
        for label, option in step.chosen:
            choose(dialog, page, label, option)
        if step.day[0]:
            dialog.get_by_role("spinbutton", name=step.day[0]).click()
            page.keyboard.type(step.day[1])
            settled(page)
        for label, text in step.typed:
            type_in(dialog, page, label, text)
        dialog.get_by_role("button", name=step.go, exact=True).press("Enter")
        expect(dialog, step.tab).to_have_count(0)
        settled(page)
        expect(shown(page, step.shows), step.tab).to_be_attached()
    for tab, text in READ_BACK.items():
        open_tab(page, tab)
        expect(shown(page, text), tab).to_be_attached()
