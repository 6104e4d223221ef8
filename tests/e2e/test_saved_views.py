"""A view in a browser: kept from the list, picked by the keyboard, opened by its link."""

import re

from playwright.sync_api import Page, expect

from tests.support.browsing import Desk, settled


def test_a_manager_keeps_a_view_and_picks_it_with_the_keyboard(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "manager")
    page.goto(f"{desk.address}/customers?status=suspended&sort=balance")
    settled(page)
    page.get_by_role("button", name="Views", exact=True).click()
    settled(page)
    name = page.get_by_role("textbox", name="Name of the view")
    name.fill("Largest suspended")
    name.press("Tab")
    settled(page)
    page.get_by_role("button", name="Save the view").click()
    page.wait_for_url(re.compile(r"/customers\?view=\d+$"))
    settled(page)
    page.keyboard.press("Escape")
    kept = page.get_by_role("radio", name=re.compile("^Largest suspended · "))
    expect(kept).to_be_checked()
    address = page.url
    page.goto(f"{desk.address}/customers")
    settled(page)
    kept.focus()
    page.keyboard.press("Space")
    page.wait_for_url(address)
    settled(page)
    expect(page.get_by_text("sorted by largest balance first, Suspended")).to_be_visible()
