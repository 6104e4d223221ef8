"""The terms of a class in a browser: changed once however often it is clicked, and without a fault for axe."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Select, select

from data_access.models.collection import CollectionPolicy, Section
from tests.support.browsing import Desk, accessibility_faults, settled
from tests.support.demo_desk import asked_of, told


def a_class_that_suspends(desk: Desk) -> int:
    terms = select(CollectionPolicy.customer_class_id).where(CollectionPolicy.suspend_after > 0)
    return int(told(desk, terms.order_by(CollectionPolicy.customer_class_id).limit(1)))


def newest(of_class: int) -> Select[tuple[int, int | None]]:
    """The present terms of its regular invoices: their number, and after how many days services stop."""
    versions = select(CollectionPolicy.number, CollectionPolicy.suspend_after).where(
        CollectionPolicy.customer_class_id == of_class, CollectionPolicy.section == Section.REGULAR
    )
    return versions.order_by(CollectionPolicy.number.desc()).limit(1)


def test_an_admin_changes_the_terms_of_a_class_once(desk: Desk, page: Page) -> None:
    of_class = a_class_that_suspends(desk)
    before = told(desk, newest(of_class))
    desk.sign_in(page, "admin")
    page.goto(f"{desk.address}/customer_class?id={of_class}")
    settled(page)
    page.get_by_role("button", name="Change").first.click()
    days = page.get_by_role("textbox", name="Suspend, days past due")
    days.fill("21")
    days.press("Tab")
    settled(page)
    page.get_by_role("button", name="Save the terms").dblclick()
    expect(page.get_by_role("button", name="Save the terms")).to_have_count(0)
    expect(page.get_by_text("They apply to invoices issued from now on.")).to_be_visible()
    assert tuple(asked_of(desk, newest(of_class))) == (before + 1, 21)
    page.reload()
    settled(page)
    assert told(desk, newest(of_class)) == before + 1


@pytest.mark.parametrize("form", ["", "&change=regular", "&change=class"])
def test_the_page_of_a_class_has_no_fault(desk: Desk, admin_page: Page, form: str) -> None:
    admin_page.goto(f"{desk.address}/customer_class?id=1{form}")
    settled(admin_page)
    assert not accessibility_faults(admin_page)
