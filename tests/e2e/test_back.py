"""Back returns to exactly what was seen: the address, the filters and the figures, from every way out of every list."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from dashboard.kit.addresses.leaving import MARK
from data_access.base.statuses import BillStatus
from data_access.models.customers import Customer
from tests.support.browsing import SIZE, Desk, settled
from tests.support.demo_desk import a_customer_who

HEADING, ROW = 29, 29  # pixels of the table's lines: its cells are drawn, not elements
Leave = Callable[[Page, str], None]


def row(*, table: int = 0, x: int = 60) -> Leave:
    def leave(page: Page, _: str) -> None:
        page.get_by_test_id("stMain").get_by_test_id("stDataFrame").nth(table).click(
            position={"x": x, "y": HEADING + ROW // 2}
        )

    return leave


def bar(page: Page, _: str) -> None:
    """A bar of the histogram, at its middle."""
    drawn = page.locator(".barlayer .point path").first
    drawn.scroll_into_view_if_needed()
    box = drawn.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def a_day(page: Page, _: str) -> None:
    """A day of the calendar: a blank one leads nowhere, so the first one with changes."""
    calendar = page.get_by_test_id("stMain").get_by_test_id("stDataFrame").first
    box = calendar.bounding_box()
    assert box is not None
    days = calendar.locator("canvas [role=gridcell]").all_text_contents()[:7]
    place = next(place for place, text in enumerate(days) if text.strip())
    calendar.click(position={"x": place * box["width"] / 7 + 45, "y": HEADING + ROW // 2})


def button(name: str) -> Leave:
    return lambda page, _: page.get_by_test_id("stMain").get_by_role("button", name=name, exact=True).click()


def link(name: str) -> Leave:
    return lambda page, _: page.get_by_test_id("stMain").get_by_role("link", name=name).click()


def menu(name: str) -> Leave:
    return lambda page, _: page.get_by_test_id("stSidebarNav").get_by_role("link", name=name, exact=True).click()


def found(page: Page, code: str) -> None:
    """Another customer, by the finder."""
    page.keyboard.press("Control+k")
    box = page.get_by_role("dialog").get_by_role("searchbox")
    box.fill(code)
    box.press("Enter")


WAYS: dict[str, list[tuple[Leave, str]]] = {
    "credit_exposure?currency=CZK": [(bar, "advanced_search"), (row(), "customer"), (menu("Home"), "")],
    "customers?currency=CZK&status=active": [(row(), "customer"), (button("New customer"), "new_customer")],
    "advanced_search?where=currency.is.CZK": [(row(), "customer"), (menu("Customers"), "customers")],
    "collections?currency=CZK": [(row(), "customer")],
    "planned_changes?days=90": [(a_day, "planned_changes"), (row(table=1, x=270), "customer")],
    "customer_classes": [(row(), "customer_class"), (row(x=430), "customers")],
    "customer_class?id=1": [(link("customers"), "customers"), (link("All classes"), "customer_classes")],
    "customer?id={first}": [(found, "customer")],
    "audit_log?who=support": [(row(), "audit_log"), (row(x=480), "customer"), (menu("Jobs"), "jobs")],
    "jobs": [(row(), "jobs"), (menu("Retention"), "retention")],
    "retention": [(row(), "customer"), (row(x=1055), "retention"), (link("Automatic jobs"), "jobs")],
    "subscription_plans": [(row(), "subscription_plans"), (row(x=1050), "advanced_search")],
    "webhooks": [(row(), "webhooks"), (menu("Audit log"), "audit_log")],
}
WORDS = """[...document.querySelectorAll("[data-testid=stMain] :is(p, h1, h2, input, [data-testid=stText])")]
    .map(each => each.value ?? each.textContent).join("|")"""
READ_MILLISECONDS = 400  # between two looks at a page whose parts come one by one


def seen(page: Page) -> str:
    """The words on the page and in its fields, once they stay the same; a chart tells its own in a sentence."""
    page.evaluate("window.read = null")
    same = f"() => {{ const before = window.read; window.read = {WORDS}; return window.read === before && before }}"
    told: str = page.wait_for_function(same, polling=READ_MILLISECONDS).json_value()
    return told


def shows(page: Page, words: str) -> None:
    page.wait_for_function(f"words => {WORDS} === words", arg=words)


@pytest.fixture(scope="module")
def page(desk: Desk, browser: Browser) -> Iterator[Page]:
    """The page of an admin, the same for each way."""
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    desk.sign_in(page, "admin")
    yield page
    context.close()


@pytest.mark.parametrize("address", WAYS)
def test_back_shows_what_was_seen_from_every_way_out(desk: Desk, page: Page, address: str) -> None:
    first = a_customer_who(desk, Customer.bill_status == BillStatus.OPEN)
    other = a_customer_who(desk, Customer.bill_status == BillStatus.OPEN, after=first.id)
    start = f"{desk.address}/{address.format(first=first.id)}"
    page.goto(start)
    settled(page)
    before = seen(page)
    for leave, to in WAYS[address]:
        leave(page, other.customer_code)
        there = re.compile(rf"/{to}(\?|$)")
        page.wait_for_url(lambda url, there=there: url != start and there.search(url) is not None)  # type: ignore[misc]
        settled(page)
        assert MARK not in page.url
        page.go_back()
        page.wait_for_url(start)
        shows(page, before)
