"""The guard in front of everything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.server.guard import is_open, local_path
from data_access.store import sign_ins
from data_access.store.sign_ins import open_session
from tests.support.sign_ins import NOON, a_person, change_person

CLOSED = [
    "/",
    "/customer",
    "/_stcore/metrics",
    "/_stcore/host-config",
    "/media/x.csv",
    "/login.html",
    "/staticx",
    "/authx",
]


@pytest.fixture
def ann(desk, visitor):
    """A visitor who is signed in."""
    person = a_person(desk)
    visitor.cookies.set("desk_session", open_session(desk, person, NOON))
    return person


@pytest.mark.parametrize("path", CLOSED)
def test_a_stranger_who_asks_for_a_page_is_led_to_the_sign_in(visitor, path):
    answer = visitor.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login?next=")


@pytest.mark.parametrize("path", CLOSED)
def test_a_stranger_who_asks_for_anything_else_gets_nothing(visitor, path):
    answer = visitor.get(path, accept="*/*")
    assert (answer.status_code, "inside" in answer.text) == (401, False)


def test_a_stranger_cannot_post(visitor):
    assert visitor.post("/_stcore/upload_file/x").status_code == 401


def test_a_strangers_websocket_is_closed_unopened(visitor):
    assert [(m["type"], m["code"]) for m in visitor.websocket("/_stcore/stream")] == [("websocket.close", 4401)]


@pytest.mark.parametrize(
    "path", ["/_stcore/health", "/static/js/index.js", "/favicon.png", "/oauth2callback", "/auth/login"]
)
def test_signing_in_static_files_and_health_are_for_everyone(visitor, path):
    assert visitor.get(path).text == "inside"


@pytest.mark.parametrize(
    "path", ["/static/../_stcore/metrics", "/auth/../media/x", "/static/..", "//static/x", "/static"]
)
def test_no_way_round_leads_through_an_open_folder(path):
    assert not is_open(path)


@pytest.mark.usefixtures("ann")
def test_whoever_is_signed_in_passes(visitor):
    assert visitor.get("/_stcore/metrics").text == "inside"
    assert visitor.websocket("/_stcore/stream")[0]["type"] == "websocket.accept"


@pytest.mark.parametrize("token", ["", "wrong", "x" * 5000])
def test_a_made_up_token_does_not_pass(visitor, token):
    visitor.cookies.set("desk_session", token)
    assert visitor.get("/", accept="*/*").status_code == 401


def test_a_disabled_person_is_stopped_at_the_next_request(desk, visitor, ann):
    assert visitor.get("/").text == "inside"
    change_person(desk, ann, is_active=False)
    assert visitor.get("/").status_code == 303


def test_the_page_asked_for_is_remembered_with_its_filters(visitor):
    location = visitor.get("/customer?id=15&tab=money").headers["location"]
    assert location == "/login?next=/customer%3Fid%3D15%26tab%3Dmoney"


@pytest.mark.usefixtures("ann")
def test_the_first_page_answers_at_its_own_address_too(visitor):
    assert visitor.get("/home").headers["location"] == "/"


@pytest.mark.parametrize("path", ["/", "/customer?id=15", "/customers?status=active&q=a%20b", "/.//x"])
def test_a_path_of_ours_is_where_one_goes_after_signing_in(path):
    assert local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "", "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "///evil.example",
        "/\t/evil.example",
        "javascript:alert(1)", "evil.example", "/a\\b", "/a\r\nSet-Cookie: x=1", " /customers",
        "/login?next=/", "/logout", "/auth/login",
    ],
)  # fmt: skip
def test_any_other_place_is_not(path):
    assert local_path(path) == "/"


@given(st.text(alphabet="/\\:.?#@ \t\r\nabh%", max_size=12))
def test_no_text_leads_to_another_host(text):
    chosen = local_path(text)
    assert chosen.startswith("/")
    assert chosen[1:2] not in {"/", "\\"}
    assert not set(chosen) & set("\\\t\r\n")


def test_a_look_at_a_page_keeps_the_session_alive(desk, a_visitor):
    token = open_session(desk, a_person(desk), NOON)
    early, late = NOON + sign_ins.IDLE_LASTS / 2, NOON + sign_ins.IDLE_LASTS * 1.2
    for now in (early, late):
        visitor = a_visitor(now=now)
        visitor.cookies.set("desk_session", token)
        assert visitor.get("/").text == "inside"
