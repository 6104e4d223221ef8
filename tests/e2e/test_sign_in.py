"""Signing in and out in a browser."""

import re

import httpx
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_access.base.engine import make_engine
from data_access.models.people import SignInAttempt
from tests.support.browsing import Desk, accessibility_faults, settled


def the_form(page: Page, login: str, password: str) -> None:
    page.get_by_label("Sign-in name").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_the_sign_in_and_its_refusal_are_accessible(desk: Desk, page: Page):
    page.goto(desk.address)
    assert accessibility_faults(page) == []
    the_form(page, "support", "wrong")
    expect(page.get_by_role("alert")).to_have_text("The sign-in name or the password is wrong.")
    assert accessibility_faults(page) == []


def test_a_refused_sign_in_keeps_the_name_and_waits_at_the_password(desk: Desk, page: Page):
    page.goto(desk.address)
    the_form(page, "suport", "wrong")
    expect(page.get_by_label("Sign-in name")).to_have_value("suport")
    expect(page.get_by_label("Password")).to_be_focused()
    expect(page.get_by_label("Password")).to_have_value("")


def test_name_and_password_lead_to_the_page_that_was_asked_for(desk: Desk, page: Page):
    page.goto(f"{desk.address}/customers?q=a")
    the_form(page, "manager", "manager-demo")
    settled(page)
    expect(page).to_have_url(f"{desk.address}/customers?q=a")
    expect(page.get_by_test_id("stSidebar")).to_contain_text("manager")


def test_a_forged_forwarding_header_changes_nothing_on_the_running_server(desk: Desk):
    with httpx.Client(
        base_url=desk.address, headers={"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
    ) as forger:
        csrf = forger.get("/login").cookies["desk_form"]
        forger.post("/login", data={"csrf": csrf, "login": "nobody at all", "password": "wrong"})
        assert forger.get("/login", headers={"Host": "evil.example"}).status_code == 421
    engine = make_engine(desk.database_url)
    with Session(engine) as session:
        tried = session.scalars(select(SignInAttempt.ip).where(SignInAttempt.login_key == "nobody at all")).all()
    engine.dispose()
    assert tried == ["127.0.0.1"]


def test_no_script_can_read_the_session(desk: Desk, page: Page):
    desk.sign_in(page, "support")
    assert "desk_session" not in page.evaluate("document.cookie")


def test_the_dashboard_asks_nobody_else_and_breaks_no_policy(desk: Desk, page: Page):
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    desk.sign_in(page, "support")
    assert [url for url in asked if not url.startswith((desk.address, "data:", "blob:"))] == []
    assert [text for text in said if "Content Security Policy" in text] == []


def test_the_menu_follows_the_role(desk: Desk, page: Page):
    desk.sign_in(page, "support")
    menu = page.get_by_test_id("stSidebarNav")
    expect(menu.get_by_role("link", name="Customers", exact=False).first).to_be_visible()
    expect(menu).not_to_contain_text("People and roles")


def test_a_page_without_the_right_explains_itself(desk: Desk, page: Page):
    desk.sign_in(page, "support")
    page.goto(f"{desk.address}/people")
    settled(page)
    expect(page.get_by_test_id("stAlert")).to_contain_text("An admin can.")


def test_signing_out_shuts_every_door(desk: Desk, page: Page):
    desk.sign_in(page, "support")
    page.get_by_role("link", name="Sign out").click()
    assert accessibility_faults(page) == []
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{desk.address}/login")
    page.goto(f"{desk.address}/customers")
    expect(page).to_have_url(re.compile(r"/login\?next=/customers$"))


def test_an_open_page_of_an_ended_session_shows_nothing_more(desk: Desk, page: Page):
    desk.sign_in(page, "support")
    elsewhere = page.context.new_page()
    elsewhere.goto(f"{desk.address}/logout")
    elsewhere.get_by_role("button", name="Sign out").click()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Customers", exact=False).first.click()
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
