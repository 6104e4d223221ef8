"""Host and origin, compared whole with where the desk is."""

import pytest

from dashboard.server.hosts import Origin
from data_access.store.sign_ins import open_session
from tests.dashboard.conftest import sign_in
from tests.support.sign_ins import NOON, PASSWORD, a_person

PUBLIC = "https://desk.example.org"


def at(a_visitor, host: str, **given):
    visitor = a_visitor(**given)
    visitor.headers = {"Host": host}
    return visitor


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "127.0.0.1:80"])
def test_a_desk_is_served_at_the_address_it_listens_on(a_visitor, host):
    assert at(a_visitor, host).get("/login").status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "127.0.0.1:8502", "localhost:1", "127.0.0.1.evil.example", "127.0.0.1.", "x@127.0.0.1", "",
        "127.0.0.1/", "127.0.0.1:80:80", "127.0.0.1:x", "[::1", "desk.example.org",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/login", "/", "/static/js/index.js", "/_stcore/host-config"])
def test_an_unknown_host_is_served_nothing(a_visitor, host, path):
    answer = at(a_visitor, host).get(path)
    assert (answer.status_code, "PUBLIC_URL" in answer.text) == (421, True)


@pytest.mark.parametrize("path", ["/healthz", "/_stcore/health"])
def test_health_is_told_under_any_name(a_visitor, path):
    assert at(a_visitor, "10.0.0.7:8501").get(path).status_code == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("desk.example.org", 200), ("DESK.example.org:443", 200), ("desk.example.org:80", 421), ("127.0.0.1", 421),
        ("example.org", 421), ("x.desk.example.org", 421),
    ],
)  # fmt: skip
def test_with_a_public_address_that_one_is_served(a_visitor, host, status):
    assert at(a_visitor, host, public_url=PUBLIC).get("/login").status_code == status


ORIGINS = [
    ("http://127.0.0.1", True), ("http://127.0.0.1:80", True), ("https://127.0.0.1", False), ("null", False),
    ("http://127.0.0.1:8502", False), ("http://localhost", False), ("http://evil.example", False), ("", False),
    ("http://127.0.0.1.evil.example", False), ("http://127.0.0.1/", False), ("http://evil.example@127.0.0.1", False),
]  # fmt: skip


@pytest.mark.parametrize(("origin", "is_ours"), ORIGINS)
def test_a_form_is_taken_from_our_own_origin_only(desk, visitor, origin, is_ours):
    a_person(desk)
    visitor.get("/login")
    visitor.headers = {"Origin": origin}
    csrf = visitor.cookies["desk_form"]
    answer = visitor.post("/login", csrf=csrf, login="ann", password=PASSWORD)
    assert answer.status_code == (303 if is_ours else 403)


@pytest.mark.parametrize(("origin", "is_ours"), ORIGINS)
def test_a_websocket_is_opened_from_our_own_origin_only(desk, visitor, origin, is_ours):
    visitor.cookies.set("desk_session", open_session(desk, a_person(desk), NOON))
    visitor.headers = {"origin": origin}
    heard = visitor.websocket("/_stcore/stream")[0]
    assert (heard["type"], heard.get("code", 4403)) == ("websocket.accept" if is_ours else "websocket.close", 4403)


@pytest.mark.parametrize(("origin", "is_ours"), [(PUBLIC, True), ("http://desk.example.org", False)])
def test_behind_a_proxy_the_origin_is_the_public_address(desk, a_visitor, origin, is_ours):
    a_person(desk)
    visitor = at(a_visitor, "desk.example.org", public_url=f"{PUBLIC}/", cookie_secure="false")
    visitor.headers |= {"Origin": origin}
    assert (sign_in(visitor, "ann", PASSWORD).status_code == 303) is is_ours


@pytest.mark.parametrize(
    "url", ["ftp://a", "//a", "https://", "https://a b", "https://a/b", "https://a:99999", "https://a?"]
)
def test_what_is_no_place_is_none(url):
    assert Origin.at(url) is None


@pytest.mark.parametrize("path", ["/login/x", "/login/x/y", "/login/password/x", "/login/"])
def test_below_the_sign_in_there_is_nothing_else(visitor, path):
    answer = visitor.get(path)
    assert (answer.status_code, "inside" in answer.text) == (404, False)


@pytest.mark.parametrize("path", ["/auth/x", "/auth/", "/static"])
def test_nor_below_the_other_open_folders(visitor, path):
    assert "inside" not in visitor.get(path).text


def test_cookies_that_go_by_https_are_bound_to_the_host(desk, a_visitor):
    a_person(desk)
    visitor = a_visitor(base_url=PUBLIC, public_url=PUBLIC, cookie_secure="true")
    sent = [
        *visitor.get("/login").headers.get_list("set-cookie"),
        *sign_in(visitor, "ann", PASSWORD).headers.get_list("set-cookie"),
    ]
    assert sent
    for cookie in sent:
        assert cookie.startswith("__Host-desk_")
        assert "; Secure" in cookie
        assert "; Path=/" in cookie
        assert "domain" not in cookie.lower()
    assert visitor.get("/").text == "inside"
    visitor.get("/logout")
    (dropped,) = visitor.post("/logout", csrf=visitor.cookies["__Host-desk_form"]).headers.get_list("set-cookie")
    assert dropped.startswith("__Host-desk_session=")
    assert "; Secure" in dropped
    assert visitor.get("/").status_code == 303
