"""Signing in and out by the forms."""

import re

import pytest

from data_access.base.permissions import Role
from data_access.base.settings import Environment
from data_access.domain.passwords import DEMO_SIGN_INS
from data_access.store import attempts
from data_access.store.sign_ins import open_session
from tests.dashboard.conftest import sign_in
from tests.support.sign_ins import NOON, PASSWORD, a_person

DEMO_ADMIN = DEMO_SIGN_INS[-1]


def cookie(answer, name):
    return next((c for c in answer.headers.get_list("set-cookie") if c.startswith(f"{name}=")), "")


def test_the_right_password_leads_to_the_page_asked_for(desk, visitor):
    a_person(desk)
    answer = sign_in(visitor, "ann", PASSWORD, next="/customer?id=15")
    assert (answer.status_code, answer.headers["location"]) == (303, "/customer?id=15")
    assert visitor.get("/customer?id=15").text == "inside"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(desk, visitor):
    a_person(desk)
    sent = cookie(sign_in(visitor, "ann", PASSWORD), "desk_session").lower()
    assert "httponly" in sent
    assert "samesite=lax" in sent


def test_in_production_cookies_travel_by_https_only(desk, a_visitor):
    a_person(desk)
    visitor = a_visitor(env=Environment.PRODUCTION, base_url="https://desk.example")
    answer = sign_in(visitor, "ann", PASSWORD)
    assert "; Secure" in cookie(answer, "__Host-desk_session")
    assert "max-age" in answer.headers["strict-transport-security"]


def test_every_sign_in_has_a_token_of_its_own(desk, visitor, a_visitor):
    a_person(desk)
    sign_in(visitor, "ann", PASSWORD)
    elsewhere = a_visitor()
    sign_in(elsewhere, "ann", PASSWORD)
    assert visitor.cookies["desk_session"] != elsewhere.cookies["desk_session"]


def test_a_refused_sign_in_keeps_the_name_and_never_the_password(desk, visitor):
    a_person(desk)
    answer = sign_in(visitor, "ann", "not the password", next="/customers?q=x")
    assert answer.status_code == 401
    assert "The sign-in name or the password is wrong." in answer.text
    assert 'value="ann"' in answer.text
    assert 'value="/customers?q=x"' in answer.text
    assert "not the password" not in answer.text
    assert not cookie(answer, "desk_session")


def test_what_is_missing_is_said_at_its_field(visitor):
    answer = sign_in(visitor, "", "")
    assert answer.status_code == 422
    for name, sentence in (("login", "Enter your sign-in name."), ("password", "Enter your password.")):
        assert f'aria-describedby="{name}-complaint"' in answer.text
        assert f'id="{name}-complaint">{sentence}' in answer.text


def test_what_was_typed_is_shown_as_text(visitor):
    answer = sign_in(visitor, '"><script>alert(1)</script>', "x", next='/"><script>')
    assert "<script" not in answer.text


def test_too_many_tries_are_refused_with_the_time_to_wait(desk, visitor):
    a_person(desk)
    for _ in range(attempts.HERE):
        sign_in(visitor, "ann", "wrong")
    answer = sign_in(visitor, "ann", PASSWORD)
    assert "Try again in 15 minutes." in answer.text
    assert not cookie(answer, "desk_session")


@pytest.mark.parametrize("csrf", [{}, {"csrf": ""}, {"csrf": "made up"}, {"csrf": "é"}])
def test_a_form_from_another_page_is_refused(desk, visitor, csrf):
    a_person(desk)
    visitor.get("/login")
    answer = visitor.post("/login", login="ann", password=PASSWORD, **csrf)
    assert answer.status_code == 403
    assert not cookie(answer, "desk_session")


def test_a_form_without_its_cookie_is_refused(desk, visitor):
    a_person(desk)
    answer = visitor.post("/login", login="ann", password=PASSWORD, csrf="")
    assert answer.status_code == 403


def test_the_token_of_the_form_is_kept_from_other_sites(visitor):
    sent = cookie(visitor.get("/login"), "desk_form").lower()
    assert "httponly" in sent
    assert "samesite=strict" in sent


@pytest.mark.parametrize("body", [b"x" * 100_000, b"\xff\xfe\x00", b"", b"csrf&login&password"])
def test_a_body_that_is_no_form_is_refused(visitor, body):
    visitor.get("/login")
    assert visitor.post_body("/login", body).status_code == 403


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_to_another_site(desk, visitor, elsewhere):
    a_person(desk)
    assert sign_in(visitor, "ann", PASSWORD, next=elsewhere).headers["location"] == "/"
    assert visitor.get(f"/login?next={elsewhere}").headers["location"] == "/"


def test_who_is_signed_in_needs_no_form(desk, visitor):
    a_person(desk)
    sign_in(visitor, "ann", PASSWORD)
    assert visitor.get("/login?next=/customers").headers["location"] == "/customers"


def test_signing_out_ends_the_session_here_and_on_the_server(desk, visitor):
    a_person(desk)
    sign_in(visitor, "ann", PASSWORD)
    token = visitor.cookies["desk_session"]
    visitor.get("/logout")
    assert visitor.post("/logout", csrf=visitor.cookies["desk_form"]).headers["location"] == "/login"
    visitor.cookies.set("desk_session", token)
    assert visitor.get("/").status_code == 303


def test_a_link_alone_signs_nobody_out(desk, visitor):
    a_person(desk)
    sign_in(visitor, "ann", PASSWORD)
    visitor.get("/logout")
    assert visitor.get("/").text == "inside"


def test_a_form_of_another_site_signs_nobody_out(desk, visitor):
    visitor.cookies.set("desk_session", open_session(desk, a_person(desk), NOON))
    answer = visitor.post("/logout", csrf="made up")
    assert answer.status_code == 403
    assert visitor.get("/").text == "inside"


def test_signing_out_without_a_session_leads_to_the_sign_in(visitor):
    assert visitor.get("/logout").headers["location"] == "/login"


@pytest.mark.parametrize("demo", DEMO_SIGN_INS, ids=lambda demo: demo.login)
def test_the_demo_signs_in_every_role_with_one_click(desk, a_visitor, demo):
    a_person(desk, demo.login, role=demo.role, password=demo.password)
    visitor = a_visitor(env=Environment.DEMO)
    shown = visitor.get("/login").text
    assert re.search(rf'name="login" value="{demo.login}".*?>{demo.role.capitalize()}</button>', shown)
    assert sign_in(visitor, demo.login, demo.password).headers["location"] == "/"


@pytest.mark.parametrize("env", [Environment.TEST, Environment.PRODUCTION])
def test_outside_the_demo_its_sign_ins_are_neither_shown_nor_taken(desk, a_visitor, env):
    a_person(desk, DEMO_ADMIN.login, role=Role.ADMIN, password=DEMO_ADMIN.password)
    visitor = a_visitor(env=env, base_url="https://desk.example")
    assert DEMO_ADMIN.password not in visitor.get("/login").text
    assert sign_in(visitor, DEMO_ADMIN.login, DEMO_ADMIN.password).status_code == 401


def test_a_demo_sign_in_is_refused_from_another_computer(desk, a_visitor):
    a_person(desk, DEMO_ADMIN.login, role=Role.ADMIN, password=DEMO_ADMIN.password)
    visitor = a_visitor(env=Environment.DEMO, ip="192.0.2.7")
    assert "Demo sign-ins work in the demo only" in sign_in(visitor, DEMO_ADMIN.login, DEMO_ADMIN.password).text


@pytest.mark.parametrize("path", ["/login", "/logout", "/"])
def test_pages_of_the_sign_in_are_kept_in_no_cache(visitor, path):
    assert visitor.get(path).headers["cache-control"] == "no-store"
