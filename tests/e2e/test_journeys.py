"""What people do in a shift, in a browser, on demo data: find, open, edit, lift, pay, search."""

import re
from datetime import timedelta

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select

from data_access.base.bookings import Kind
from data_access.base.clock import day_in, system_clock
from data_access.base.statuses import BillStatus
from data_access.models.customers import Customer
from data_access.models.money import Transaction
from tests.support.browsing import Desk, settled
from tests.support.demo_desk import SUSPENDED, a_customer_who, told

NEW_CITY = "Newtown by the Sea"
HEADING, ROW = 29, 29  # pixels of the table's lines: its cells are drawn, not elements


def open_customer(desk: Desk, page: Page, customer_id: int) -> None:
    page.goto(f"{desk.address}/customer?id={customer_id}")
    settled(page)


def open_first_row(page: Page) -> None:
    """A click on the first Customer ID of the table."""
    page.get_by_test_id("stDataFrame").first.click(position={"x": 80, "y": HEADING + ROW // 2})
    page.wait_for_url(re.compile(r"/customer\?"))
    settled(page)


def search(page: Page, text: str) -> None:
    box = page.get_by_role("searchbox", name="Find", exact=True)
    box.fill(text)
    box.press("Enter")


def badge(page: Page, word: str) -> Locator:
    """The status in the head of a customer's page: an icon and its word."""
    return page.get_by_test_id("stMain").get_by_role("paragraph").filter(has_text=re.compile(f"{word}$")).first


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def test_a_clerk_finds_opens_and_edits_a_customer_and_comes_back_to_the_same_list(desk: Desk, page: Page) -> None:
    someone = a_customer_who(desk, Customer.bill_status == BillStatus.OPEN, Customer.city != NEW_CITY)
    desk.sign_in(page, "support")
    page.get_by_role("link", name="Customers", exact=True).click()
    settled(page)
    search(page, someone.customer_code)
    page.wait_for_url(re.compile(f"q={someone.customer_code}"))
    settled(page)
    open_first_row(page)
    expect(page.get_by_text(someone.customer_code).first).to_be_visible()
    page.get_by_role("button", name="Edit", exact=True).click()
    dialog(page).get_by_role("tab", name="Address").click()
    city = dialog(page).get_by_role("textbox", name="City")
    city.fill(NEW_CITY)
    city.press("Tab")
    settled(page)
    dialog(page).get_by_role("button", name="Save").click()
    expect(dialog(page)).to_have_count(0)
    assert told(desk, select(Customer.city).where(Customer.id == someone.id)) == NEW_CITY
    page.go_back()
    page.wait_for_url(re.compile(rf"/customers\?q={someone.customer_code}$"))
    settled(page)
    expect(page.get_by_role("searchbox", name="Find", exact=True)).to_have_value(someone.customer_code)


def test_a_clerk_lifts_a_suspension_until_a_date(desk: Desk, page: Page) -> None:
    someone = a_customer_who(desk, *SUSPENDED)
    desk.sign_in(page, "support")
    open_customer(desk, page, someone.id)
    page.get_by_role("button", name="Change status").click()
    dialog(page).get_by_role("radiogroup").get_by_text("Lift the suspension until").click()
    until = day_in("UTC", system_clock()) + timedelta(days=2)
    dialog(page).get_by_role("spinbutton", name="year, Date").click()
    page.keyboard.type(f"{until:%Y%m%d}")
    dialog(page).get_by_role("textbox", name="Reason").fill("Promised to pay on Friday.")
    dialog(page).get_by_role("textbox", name="Reason").press("Tab")
    expect(dialog(page).get_by_text("In 2 days.")).to_be_visible()
    dialog(page).get_by_role("button", name="Lift the suspension").click()
    expect(dialog(page)).to_have_count(0)
    expect(badge(page, "Suspension lifted")).to_be_visible()


def test_a_payment_brings_service_back_and_is_booked_once(desk: Desk, page: Page) -> None:
    first = a_customer_who(desk, *SUSPENDED)
    someone = a_customer_who(desk, *SUSPENDED, after=first.id)
    outstanding = told(desk, select(Customer.outstanding).where(Customer.id == someone.id))
    of_theirs = select(func.count()).select_from(Transaction).where(Transaction.customer_id == someone.id)
    payments = of_theirs.where(Transaction.kind == Kind.MANUAL_PAYMENT)
    fees = of_theirs.where(Transaction.kind == Kind.REACTIVATION_FEE)  # the terms of the unpaid invoices have none
    before = told(desk, payments), told(desk, fees)
    desk.sign_in(page, "support")
    open_customer(desk, page, someone.id)
    page.get_by_role("button", name="Adjust balance").click()
    dialog(page).get_by_text("Manual payment", exact=True).click()
    settled(page)
    amount = dialog(page).get_by_role("textbox", name=f"Amount in {someone.currency}")
    amount.fill(f"{outstanding:f}")
    amount.press("Tab")
    settled(page)
    dialog(page).get_by_role("button", name="Review").click()
    dialog(page).get_by_role("button", name="Confirm").dblclick()
    expect(dialog(page)).to_have_count(0)
    expect(badge(page, "Active")).to_be_visible()
    page.reload()
    settled(page)
    assert (told(desk, payments), told(desk, fees)) == (before[0] + 1, before[1])


def test_an_address_in_a_note_is_text_and_no_link(desk: Desk, page: Page) -> None:
    someone = a_customer_who(desk, Customer.bill_status == BillStatus.OPEN)
    desk.sign_in(page, "support")
    open_customer(desk, page, someone.id)
    page.get_by_role("button", name="Note", exact=True).click()
    written = "Write to ann@example.org, see https://evil.example and www.evil.example/x"
    dialog(page).get_by_role("textbox", name="Note").fill(written)
    dialog(page).get_by_role("button", name="Add the note").click()
    main = page.get_by_test_id("stMain")
    expect(main.get_by_text(written)).to_be_visible()
    expect(main.locator("a[href*='@'], a[href*='evil']")).to_have_count(0)


def test_only_advanced_search_shows_the_permanently_terminated(desk: Desk, page: Page) -> None:
    someone = a_customer_who(desk, Customer.bill_status == BillStatus.PERMANENTLY_TERMINATED)
    desk.sign_in(page, "support")
    page.goto(f"{desk.address}/customers?q={someone.customer_code}")
    settled(page)
    expect(page.get_by_text("No customer matches")).to_be_visible()
    page.get_by_text("1 match is permanently terminated: show").click()
    page.wait_for_url(re.compile("/advanced_search"))
    settled(page)
    open_first_row(page)
    expect(page.get_by_text(someone.customer_code).first).to_be_visible()
    expect(badge(page, "Permanently terminated")).to_be_visible()
