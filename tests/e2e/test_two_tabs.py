"""One person in two browser tabs, and a reload in the middle of a confirmation: booked is what was shown, once each."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, WebSocketRoute, expect
from sqlalchemy import Select, func, select

from data_access.models.money import Transaction
from tests.support.browsing import Desk, accessibility_faults, settled
from tests.support.demo_desk import SUSPENDED, a_customer_who, told

LOOKS = 200


def adjusting(desk: Desk, page: Page, customer_id: int) -> Locator:
    """The dialog Adjust balance, opened on the page as it stands, or on the customer's page."""
    if f"id={customer_id}" not in page.url:
        page.goto(f"{desk.address}/customer?id={customer_id}")
        settled(page)
    page.get_by_role("button", name="Adjust balance").click()
    settled(page)
    return page.get_by_role("dialog")


def enter(page: Page, amount: str) -> None:
    page.get_by_role("dialog").get_by_role("radiogroup").get_by_text("Manual payment").click()
    settled(page)
    type_amount(page, amount)


def type_amount(page: Page, amount: str) -> None:
    field = page.get_by_role("dialog").get_by_role("textbox", name="Amount in")
    field.fill(amount)
    field.press("Tab")
    settled(page)


def click(page: Page, name: str) -> None:
    page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()
    settled(page)


@dataclass
class Line:
    """What the server says to a page. Once cut, nothing arrives on open connections; a reload opens new ones."""

    cuts: int = 0

    def through(self, socket: WebSocketRoute) -> None:
        server, opened_at = socket.connect_to_server(), self.cuts
        server.on_message(lambda message: socket.send(message) if opened_at == self.cuts else None)

    def cut(self) -> None:
        self.cuts += 1


def test_booked_is_what_the_tab_showed_and_a_lost_answer_is_told_but_no_seen_one(desk: Desk, page: Page) -> None:
    someone = a_customer_who(desk, *SUSPENDED, after=40)
    bookings = select(func.count(Transaction.id)).where(Transaction.customer_id == someone.id)
    before = told(desk, bookings)
    line = Line()
    page.route_web_socket("**", line.through)
    desk.sign_in(page, "support")
    adjusting(desk, page, someone.id)
    enter(page, "1,25")
    click(page, "Review")
    expect(page.get_by_role("dialog").get_by_text("Manual payment of 1.25")).to_be_visible()

    other = page.context.new_page()
    dialog = adjusting(desk, other, someone.id)
    expect(dialog.get_by_text("You started this on")).to_be_visible()
    expect(dialog.get_by_role("button", name="Confirm")).to_have_count(0)
    type_amount(other, "7.50")

    click(page, "Confirm")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Nothing was saved: choose what to keep.")).to_be_visible()
    assert told(desk, bookings) == before
    dialog.get_by_role("radiogroup").get_by_text("Here: 1,25").click()
    settled(page)
    click(page, "Review")

    expect(dialog.get_by_role("button", name="Confirm")).to_be_visible()
    settled(page)
    line.cut()
    dialog.get_by_role("button", name="Confirm").click()
    until_booked(desk, page, bookings, before + 1)
    page.reload()
    settled(page)
    dialog = adjusting(desk, page, someone.id)
    expect(dialog.get_by_text("Already done, on ")).to_be_visible()
    expect(dialog.get_by_text("manual payment of 1.25")).to_be_visible()
    enter(page, "1.25")
    click(page, "Review")
    click(page, "It is another payment")
    click(page, "Confirm")
    expect(dialog).to_have_count(0)
    assert told(desk, bookings) == before + 2
    expect(page.get_by_test_id("stToast").get_by_text("manual payment of 1.25")).to_be_visible()
    assert not lies_over(page.get_by_test_id("stToast"), page.locator("[class*=st-key-actions]"))
    settled(page)
    page.reload()
    settled(page)
    expect(adjusting(desk, page, someone.id)).to_be_visible()
    expect(dialog.get_by_text("Already done, on ")).to_have_count(0)

    click(other, "Review")
    expect(other.get_by_role("dialog").get_by_text("Already done, on ")).to_be_visible()
    assert told(desk, bookings) == before + 2


def lies_over(upper: Locator, lower: Locator) -> bool:
    """Whether what is said hides any of what one clicks."""
    said, clicked = upper.bounding_box(), lower.bounding_box()
    assert said is not None
    assert clicked is not None
    beside = said["x"] >= clicked["x"] + clicked["width"] or clicked["x"] >= said["x"] + said["width"]
    return not beside and said["y"] < clicked["y"] + clicked["height"] and clicked["y"] < said["y"] + said["height"]


def until_booked(desk: Desk, page: Page, bookings: Select[tuple[int]], count: int) -> None:
    """Looks again and again; the page's messages are carried on meanwhile."""
    for _ in range(LOOKS):
        if told(desk, bookings) == count:
            return
        page.wait_for_timeout(100)
    raise AssertionError("The confirmation that was under way was lost.")


def test_signed_out_elsewhere_one_returns_from_a_dialog_to_the_customer_and_to_the_draft(desk: Desk, page: Page):
    someone = a_customer_who(desk, *SUSPENDED, after=41)
    desk.sign_in(page, "manager")
    adjusting(desk, page, someone.id)
    enter(page, "3.75")
    other = page.context.new_page()
    other.goto(f"{desk.address}/logout")
    other.get_by_role("button", name="Sign out").click()
    page.get_by_role("dialog").get_by_role("button", name="Review").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("You are signed out.")).to_be_visible()
    expect(dialog.get_by_role("link", name="Sign in")).to_be_visible()
    assert accessibility_faults(page) == []  # a browser that goes dark draws the whole page again, without its dialog
    page.get_by_role("link", name="Sign in").click()
    page.get_by_role("button", name="Manager", exact=True).click()
    settled(page)
    expect(page).to_have_url(f"{desk.address}/customer?id={someone.id}")
    expect(adjusting(desk, page, someone.id).get_by_role("textbox", name="Amount in")).to_have_value("3.75")
