"""Hands on the keyboard and on a phone: the cursor is where one types, and nothing lies over the page."""

from urllib.parse import quote

from playwright.sync_api import Browser, Page, expect

from data_access.base.statuses import BillStatus
from data_access.models.customers import Customer
from tests.support.browsing import PHONE, SIZE, Desk, settled
from tests.support.demo_desk import SUSPENDED, a_customer_who

MANY_ARE_CALLED = "an"
DIALOGS = ("Change status", "Adjust balance", "Edit", "Note")


def test_the_finder_is_used_by_the_keyboard_alone(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "support")
    expect(page.get_by_role("button", name="Find a customer")).to_be_visible()  # its key is heard from then on
    page.keyboard.press("Control+k")
    box = page.get_by_role("dialog").get_by_role("searchbox")
    expect(box).to_be_focused()
    page.keyboard.type(MANY_ARE_CALLED)
    page.keyboard.press("Enter")
    hits = page.locator(".st-key-finder-hits").get_by_role("button")
    expect(hits.nth(1)).to_be_visible()
    expect(box).to_be_focused()
    for key, at in (("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        expect(hits.nth(at)).to_be_focused()
    name = hits.first.inner_text().split("\n")[-1].split(" · ")[0]
    page.keyboard.press("Enter")
    page.wait_for_url("**/customer?id=*")
    settled(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.keyboard.press("Control+k")
    expect(box).to_be_focused()
    page.keyboard.type(MANY_ARE_CALLED)
    page.keyboard.press("ArrowDown")  # searches what was typed, and goes to its first hit
    expect(hits.first).to_be_focused()


def test_enter_in_a_list_opens_the_customer_of_the_row(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "support")
    page.goto(f"{desk.address}/customers")
    settled(page)
    page.locator("[data-testid=stDataFrame] canvas").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/customer?id=*")


def test_the_first_field_of_each_dialog_has_the_cursor(desk: Desk, page: Page) -> None:
    someone = a_customer_who(desk, Customer.bill_status == BillStatus.OPEN)
    desk.sign_in(page, "manager")
    page.goto(f"{desk.address}/customer?id={someone.id}")
    settled(page)
    for name in DIALOGS:
        page.get_by_role("button", name=name, exact=True).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog").locator("input, textarea").first).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_a_popover_that_a_key_opened_has_the_cursor(desk: Desk, page: Page) -> None:
    someone = a_customer_who(desk, Customer.bill_status == BillStatus.OPEN)
    desk.sign_in(page, "manager")
    for address, opener, first in (
        ("customers", "Export", "Every field, to be imported elsewhere"),  # drawn when it opens
        (f"customer?id={someone.id}", "More", "Tags"),
    ):
        page.goto(f"{desk.address}/{address}")
        settled(page)
        button = page.get_by_test_id("stMain").get_by_role("button", name=opener).first
        button.focus()
        page.keyboard.press("Enter")
        inside = page.get_by_test_id("stPopoverBody")
        expect(inside.get_by_role("button", name=first).or_(inside.get_by_label(first)).first).to_be_focused()
        settled(page)
        inside.evaluate("body => body.insertAdjacentHTML('afterbegin', '<button>Late</button>')")
        expect(inside.get_by_role("button", name="Late")).to_be_focused()  # what comes first may arrive last
        page.keyboard.press("Escape")
        expect(button).to_be_focused()


def test_the_cursor_goes_back_to_what_opened_a_dialog(desk: Desk, page: Page) -> None:
    someone = a_customer_who(desk, Customer.bill_status == BillStatus.OPEN)
    desk.sign_in(page, "manager")
    page.goto(f"{desk.address}/customer?id={someone.id}")
    settled(page)
    page.get_by_role("button", name="Verify the caller").press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio").first).to_be_focused()
    dialog.get_by_role("button", name="The caller is verified").press("Enter")
    expect(page.get_by_role("button", name="Verify again")).to_be_focused()  # another button in the same place
    page.get_by_role("button", name="More", exact=True).press("Enter")
    page.get_by_role("button", name="Record promise").press("Enter")
    expect(dialog.get_by_role("textbox").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="More", exact=True)).to_be_focused()  # what it was chosen from


def test_escape_closes_a_dialog_whose_menu_is_still_open(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "manager")
    dialog = "<p data-testid=stDialog role=dialog><input id=first><button id=shut aria-label=Close></button></p>"
    menu = "<p data-testid=stPopoverBody></p>"
    page.evaluate(f"() => document.body.insertAdjacentHTML('beforeend', '{menu}{dialog}')")
    page.evaluate("() => shut.addEventListener('click', () => { shut.textContent = 'shut' })")
    expect(page.locator("#first")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#shut")).to_have_text("shut")


def test_the_address_is_edited_from_its_tab(desk: Desk, page: Page) -> None:
    someone = a_customer_who(desk, Customer.bill_status == BillStatus.OPEN)
    desk.sign_in(page, "support")
    page.goto(f"{desk.address}/customer?id={someone.id}&tab={quote('Address info')}")
    settled(page)
    page.get_by_role("button", name="Edit address info").press("Enter")
    expect(page.get_by_role("dialog").get_by_role("textbox", name="Company name")).to_be_focused()


def test_the_cursor_goes_to_a_first_field_that_is_drawn_late_until_someone_types(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "manager")
    a_day = "<i data-testid=stDateInput><input></i>"  # its calendar would lie over the dialog
    dialog = f"<p data-testid=stDialog role=dialog>{a_day}<input id=second></p>"
    page.evaluate(f"() => {{ document.body.insertAdjacentHTML('beforeend', '{dialog}') }}")
    expect(page.locator("#second")).to_be_focused()
    page.evaluate("() => { second.insertAdjacentHTML('beforebegin', '<input id=first>') }")
    expect(page.locator("#first")).to_be_focused()
    page.keyboard.press("a")
    page.evaluate("() => { first.insertAdjacentHTML('beforebegin', '<input id=zeroth>') }")
    page.evaluate("() => new Promise(requestAnimationFrame)")
    expect(page.locator("#first")).to_be_focused()


def test_a_page_is_drawn_again_when_the_browser_goes_dark(desk: Desk, page: Page) -> None:
    page.emulate_media(color_scheme="light")
    desk.sign_in(page, "support")
    expect(page.locator("body")).to_have_css("color-scheme", "light")
    page.emulate_media(color_scheme="dark")
    expect(page.locator("body")).to_have_css("color-scheme", "dark")  # said by the run, as the inks of charts are


def test_on_a_phone_the_menu_never_lies_over_a_page(desk: Desk, browser: Browser) -> None:
    page = browser.new_context(viewport=PHONE).new_page()
    desk.sign_in(page, "support")
    menu, opener = page.get_by_test_id("stSidebarContent"), page.get_by_test_id("stExpandSidebarButton")
    expect(menu).not_to_be_in_viewport()
    opener.click()
    expect(menu).to_be_in_viewport()
    menu.get_by_role("link", name="Collections").click()
    settled(page)
    expect(menu).not_to_be_in_viewport()
    opener.click()
    expect(menu).to_be_in_viewport()
    page.goto(f"{desk.address}/customers")
    settled(page)
    expect(menu).not_to_be_in_viewport()
    page.get_by_role("button", name="Find a customer").click()
    expect(page.get_by_role("dialog").get_by_role("searchbox")).to_be_focused()
    page.context.close()


def test_on_a_phone_the_tab_that_is_open_is_in_sight(desk: Desk, browser: Browser) -> None:
    page = browser.new_context(viewport=PHONE).new_page()
    desk.sign_in(page, "support")
    someone = a_customer_who(desk, *SUSPENDED)
    for tab in ("Additional info", "Overview"):
        page.goto(f"{desk.address}/customer?id={someone.id}&tab={quote(tab)}")
        settled(page)
        box = page.get_by_role("tab", name=tab, exact=True, selected=True).bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= PHONE["width"]
    page.context.close()


SHIFTS = """
window.moved = 0;
new PerformanceObserver(list => list.getEntries().forEach(entry => { window.moved += entry.value; }))
  .observe({ type: "layout-shift", buffered: true });
"""
ARRIVING = ("home", "customers", "customer", "collections", "planned_changes", "credit_exposure", "new_customer")
LITTLE = 0.2  # of the window, weighed by the way: a table out of one line moves 0.4, a bar that breaks 0.15


def _shift(page: Page, address: str) -> float:
    """How far what stands on the page moved while it arrived."""
    page.goto(address)
    settled(page)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    return float(page.evaluate("window.moved"))


def test_no_page_jumps_while_it_arrives(desk: Desk, browser: Browser) -> None:
    moved = {}
    for size in (SIZE, PHONE):
        page = browser.new_context(viewport=size).new_page()
        desk.sign_in(page, "admin")
        page.add_init_script(SHIFTS)
        for file in ARRIVING:
            moved[file, size["width"]] = _shift(page, f"{desk.address}/{file}?id=1")
        page.context.close()
    assert {where: far for where, far in moved.items() if far > LITTLE} == {}


def test_a_tile_of_home_is_a_link_to_its_edges(desk: Desk, page: Page) -> None:
    desk.sign_in(page, "support")
    page.locator(".st-key-count-suspended").click(position={"x": 3, "y": 3})
    page.wait_for_url("**/customers?status=suspended")
