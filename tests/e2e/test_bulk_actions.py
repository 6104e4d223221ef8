"""Acting on many: customers ticked on two pages of the list, tried, done, and undone."""

from playwright.sync_api import Page, expect

from tests.support.browsing import Desk, settled

HEADING, ROW, BOX = 34, 29, 16  # pixels of the table: its heading, a row, and where a check box stands


def tick(page: Page, row: int, *, picked: int, instead_of: str = "") -> str:
    """The check box of a row, which is drawn and no element; so many are picked then. What the first row says.

    `instead_of`: what it said on the page before, which is gone by then.
    """
    table = page.get_by_test_id("stMain").get_by_test_id("stDataFrame").first
    first = table.locator("canvas [role=row]").nth(1)
    expect(first).not_to_have_text(instead_of)
    table.scroll_into_view_if_needed()
    table.click(position={"x": BOX, "y": HEADING + ROW * row + ROW // 2})
    expect(page.get_by_role("button", name=f"Act on {picked} picked")).to_be_visible()
    settled(page)
    return first.inner_text()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()
    settled(page)


def test_customers_of_two_pages_are_blocked_and_unblocked_together(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "manager")
    page.goto(f"{desk.address}/customers?status=active&currency=EUR")
    settled(page)
    page.get_by_test_id("stMain").get_by_role("button", name="Bulk action").click()
    settled(page)
    seen = tick(page, 0, picked=1)
    press(page, "Next")
    tick(page, 1, picked=2, instead_of=seen)
    expect(page.locator(".st-key-bulk-bar")).to_contain_text("1 of them not on this page")
    press(page, "Act on 2 picked")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("What to do").click()
    page.get_by_role("option", name="Block", exact=True).click()
    settled(page)
    dialog.get_by_role("textbox", name="Reason").fill("Calls to premium numbers at night")
    press(page, "Try it on 2 customers")
    page.wait_for_url("**/bulk_action?id=*")
    press(page, "Do it to 2 customers")
    expect(page.get_by_test_id("stMain")).to_contain_text("Done · 2")
    press(page, "Undo 2")
    expect(page.get_by_test_id("stMain")).to_contain_text("Undone · 2")
