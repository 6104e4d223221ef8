"""Choosing a password of one's own: before the first page for who was given one, at any time for everyone."""

import pytest

from data_access.base.settings import Environment
from data_access.store.sign_ins import open_session
from tests.dashboard.conftest import sign_in
from tests.support.sign_ins import NOON, PASSWORD, a_person

OWN = "a horse of my own"


def choose(visitor, **over):
    """Opens the form as a browser does, and sends it."""
    visitor.get("/login/password")
    sent = {"login": "ann", "password": PASSWORD, "chosen": OWN, "again": OWN, "next": "/"}
    return visitor.post("/login/password", **({"csrf": visitor.cookies["desk_form"]} | sent | over))


def test_who_was_given_a_password_reaches_nothing_but_the_choice_of_another(desk, visitor):
    a_person(desk, must_change_password=True)
    answer = sign_in(visitor, "ann", PASSWORD, next="/customers?q=x")
    assert answer.status_code == 403
    assert "Your password was made by someone else." in answer.text
    assert 'value="ann"' in answer.text
    assert 'value="/customers?q=x"' in answer.text
    assert PASSWORD not in answer.text
    assert visitor.get("/").status_code == 303


def test_the_choice_leads_on_to_the_page_asked_for(desk, visitor):
    a_person(desk, must_change_password=True)
    sign_in(visitor, "ann", PASSWORD)
    answer = choose(visitor, next="/customers?q=x")
    assert (answer.status_code, answer.headers["location"]) == (303, "/customers?q=x")
    assert visitor.get("/").text == "inside"


def test_everyone_finds_the_way_to_another_password(visitor):
    assert 'href="/login/password"' in visitor.get("/login").text


def test_who_forgot_the_password_is_told_who_can_reset_it(visitor):
    assert "Forgotten? An admin can reset it." in visitor.get("/login").text


def test_the_demo_with_its_published_sign_ins_offers_no_change(a_visitor):
    assert 'href="/login/password"' not in a_visitor(env=Environment.DEMO).get("/login").text


def test_a_change_ends_the_sessions_elsewhere(desk, visitor, a_visitor):
    elsewhere = a_visitor()
    elsewhere.cookies.set("desk_session", open_session(desk, a_person(desk), NOON))
    assert elsewhere.get("/").text == "inside"
    choose(visitor)
    assert elsewhere.get("/").status_code == 303


@pytest.mark.parametrize(
    ("over", "field", "sentence"),
    [
        ({"login": ""}, "login", "Enter your sign-in name."),
        ({"password": " "}, "password", "Enter the password you have now."),
        ({"chosen": ""}, "chosen", "Choose a new password."),
        ({"again": ""}, "again", "Enter the new password once more."),
        ({"chosen": "short"}, "chosen", "Use at least 12 characters"),
        ({"chosen": PASSWORD, "again": PASSWORD}, "chosen", "This is the password you have now"),
        ({"again": "a horse of my uncle"}, "again", "This differs"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_changes_nothing(desk, visitor, over, field, sentence):
    a_person(desk)
    answer = choose(visitor, **over)
    assert answer.status_code == 422
    assert f'id="{field}-complaint">{sentence}' in answer.text
    assert OWN not in answer.text
    assert sign_in(visitor, "ann", PASSWORD).status_code == 303


def test_nobody_changes_a_password_without_the_one_of_now(desk, visitor):
    a_person(desk)
    answer = choose(visitor, password="a guess of someone")
    assert answer.status_code == 401
    assert "The sign-in name or the password is wrong." in answer.text
    assert "desk_session" not in visitor.cookies


def test_a_form_from_another_page_changes_nothing(desk, visitor):
    a_person(desk)
    assert choose(visitor, csrf="made up").status_code == 403
    assert sign_in(visitor, "ann", PASSWORD).status_code == 303


def test_what_was_typed_is_shown_as_text(visitor):
    assert "<script" not in choose(visitor, login='"><script>alert(1)</script>', next='/"><script>').text


def test_the_form_is_kept_in_no_cache(visitor):
    assert visitor.get("/login/password").headers["cache-control"] == "no-store"
