"""Who really asks: a named proxy is believed, step by step from our end; from anybody else the headers are air."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from data_access.base.settings import Environment
from data_access.models.people import SignInAttempt, SignInSession
from data_access.store import attempts
from tests.dashboard.conftest import sign_in
from tests.support.sign_ins import PASSWORD, a_person

PROXY, OTHER_PROXY = "10.0.0.1", "10.0.0.2"


def addresses(desk) -> list[str]:
    with Session(desk) as session:
        return list(session.scalars(select(SignInAttempt.ip).order_by(SignInAttempt.id)))


@pytest.mark.parametrize(
    ("peer", "told", "seen"),
    [
        (PROXY, "192.0.2.7", "192.0.2.7"),
        ("192.0.2.1", "192.0.2.7", "192.0.2.1"),  # nobody's proxy
        (PROXY, "198.51.100.1, 192.0.2.7", "192.0.2.7"),  # the first was told by the browser itself
        (PROXY, "192.0.2.7, 10.0.0.2", "192.0.2.7"),  # two proxies of ours
        (PROXY, "192.0.2.7:4711", "192.0.2.7"),
        (PROXY, "[2001:db8::7]:4711", "2001:db8::/64"),
        (PROXY, "2001:db8::7", "2001:db8::/64"),
        (PROXY, "::ffff:192.0.2.7", "192.0.2.7"),
        (PROXY, "unknown", PROXY),
        (PROXY, "192.0.2.7, unknown", PROXY),
        (PROXY, "", PROXY),
        (PROXY, None, PROXY),
    ],
)  # fmt: skip
def test_the_browser_behind_a_named_proxy_is_seen(desk, a_visitor, peer, told, seen):
    visitor = a_visitor(ip=peer, trusted_proxies=f"{PROXY}, {OTHER_PROXY}/32")
    visitor.headers = {} if told is None else {"X-Forwarded-For": told}
    sign_in(visitor, "ann", "wrong")
    assert addresses(desk) == [seen]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Forwarded-Host"])
def test_without_the_setting_no_header_changes_who_asks(desk, a_visitor, header):
    visitor = a_visitor(ip="127.0.0.1")
    for number in range(attempts.HERE):
        visitor.headers = {header: f"192.0.2.{number}"}
        sign_in(visitor, "ann", "wrong")
    a_person(desk)
    assert "Too many failed sign-ins" in sign_in(visitor, "ann", PASSWORD).text
    assert set(addresses(desk)) == {"127.0.0.1"}


def test_nobody_else_behind_the_proxy_is_locked_out(desk, a_visitor):
    a_person(desk)
    for browser in ("192.0.2.1", "192.0.2.2"):
        visitor = a_visitor(ip=PROXY, trusted_proxies=PROXY)
        visitor.headers = {"X-Forwarded-For": browser}
        if browser == "192.0.2.1":
            for _ in range(attempts.HERE):
                sign_in(visitor, "ann", "wrong")
    assert sign_in(visitor, "ann", PASSWORD).status_code == 303


def test_a_session_tells_the_address_of_the_browser(desk, a_visitor):
    a_person(desk)
    visitor = a_visitor(ip=PROXY, trusted_proxies="10.0.0.0/8")
    visitor.headers = {"X-Forwarded-For": "192.0.2.7"}
    sign_in(visitor, "ann", PASSWORD)
    with Session(desk) as session:
        assert session.scalars(select(SignInSession.ip)).one() == "192.0.2.7"


def test_the_demos_passwords_stay_on_this_computer_also_through_a_header(desk, a_visitor):
    a_person(desk, "admin", password="admin-demo")
    visitor = a_visitor(env=Environment.DEMO, ip="192.0.2.7")
    visitor.headers = {"X-Forwarded-For": "127.0.0.1"}
    assert "Demo sign-ins work in the demo only" in sign_in(visitor, "admin", "admin-demo").text


@pytest.mark.parametrize(
    ("failed", "waited"), [(0, 0), (attempts.UNHURRIED_NAME, 0), (attempts.UNHURRIED_NAME + 1, 0.5), (40, 5)]
)
def test_a_name_that_is_guessed_from_everywhere_is_slowed_and_still_signs_in(desk, a_visitor, failed, waited):
    slept = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    a_person(desk)
    visitor = a_visitor(trusted_proxies=PROXY, ip=PROXY, sleep=sleep)
    for number in range(failed):
        visitor.headers = {"X-Forwarded-For": f"192.0.2.{number}"}
        sign_in(visitor, "ann", "wrong")
    slept.clear()
    visitor.headers = {"X-Forwarded-For": "198.51.100.9"}
    assert sign_in(visitor, "ann", PASSWORD).status_code == 303
    assert sum(slept) == waited
