"""Single sign-on against a real provider on this computer, in a browser."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from data_access.base.engine import make_engine
from data_access.migrations import upgrade
from data_access.models.people import Person
from tests.support.browsing import Desk, settled
from tests.support.programs import free_port, running, wait_until_it_answers
from tests.support.sign_ins import a_person, change_person

START_SECONDS = 60
KNOWN, DISABLED, UNKNOWN, UNVERIFIED, NEWCOMER = "ann", "dan", "eve", "una", "new"


def claims(name: str, *, verified: bool = True) -> str:
    of_provider = (
        "ann" if name in (UNVERIFIED, NEWCOMER) else name
    )  # says to be Ann and did not prove it; got her address
    return json.dumps({"sub": name, "email": f"{of_provider}@example.com", "email_verified": verified})


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port, log = free_port(), tmp_path_factory.mktemp("provider") / "log"
    people = [claims(KNOWN), claims(DISABLED), claims(UNKNOWN), claims(UNVERIFIED, verified=False), claims(NEWCOMER)]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    command += [word for person in people for word in ("--user-claims", person)]
    with running(command, env={}, log=log) as process:
        metadata = f"http://127.0.0.1:{port}/.well-known/openid-configuration"
        wait_until_it_answers(process, metadata, log=log, seconds=START_SECONDS)
        yield metadata


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("people")
    engine = make_engine(f"sqlite:///{folder / 'desk.db'}")
    upgrade(engine)
    a_person(engine, KNOWN, email="Ann@Example.com", password=None)
    a_person(engine, DISABLED, email="dan@example.com", password=None, is_active=False)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def sso_desk(provider: str, people: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    port, log = free_port(), tmp_path_factory.mktemp("sso") / "log"
    address = f"http://127.0.0.1:{port}"
    env = {
        "APP_ENV": "test",
        "DATABASE_URL": str(people.url),
        "OIDC_NAME": "Example & Co",
        "OIDC_CLIENT_ID": "desk",
        "OIDC_CLIENT_SECRET": "a secret of the tests",
        "OIDC_METADATA_URL": provider,
        "OIDC_COOKIE_SECRET": "another secret of the tests, long enough",
        "OIDC_REDIRECT_URI": f"{address}/oauth2callback",
    }
    with running([sys.executable, "-m", "dashboard", "--port", str(port)], env=env, log=log) as process:
        wait_until_it_answers(process, f"{address}/healthz", log=log, seconds=START_SECONDS)
        yield Desk(address, str(people.url))


def sign_in_at_the_provider(desk: Desk, page: Page, name: str, path: str = "/") -> None:
    page.goto(f"{desk.address}{path}")
    page.get_by_role("link", name="Sign in with Example & Co").click()
    page.get_by_role("button", name=name, exact=True).click()


def test_a_known_person_arrives_at_the_page_that_was_asked_for(sso_desk: Desk, page: Page):
    sign_in_at_the_provider(sso_desk, page, KNOWN, "/customers?q=a")
    settled(page)
    expect(page).to_have_url(f"{sso_desk.address}/customers?q=a")
    expect(page.get_by_test_id("stSidebar")).to_contain_text("Ann Example")


def test_the_identity_of_the_provider_is_used_up_at_once(sso_desk: Desk, page: Page):
    sign_in_at_the_provider(sso_desk, page, KNOWN)
    settled(page)
    names = {cookie["name"] for cookie in page.context.cookies()}
    assert "desk_session" in names
    assert not {name for name in names if name.startswith("_streamlit_user")}


def test_the_first_time_binds_the_identity_and_from_then_on_that_one_alone_is_the_person(
    sso_desk: Desk, page: Page, people: Engine
):
    sign_in_at_the_provider(sso_desk, page, KNOWN)
    settled(page)
    with Session(people) as session:
        bound = session.scalars(select(Person.oidc_subject).where(Person.login == KNOWN)).one()
    assert bound == KNOWN
    page.context.clear_cookies()
    sign_in_at_the_provider(sso_desk, page, NEWCOMER)
    expect(page.get_by_role("alert")).to_contain_text("linked to another identity")


@pytest.mark.parametrize("name", [DISABLED, UNKNOWN, UNVERIFIED])
def test_whoever_is_not_among_our_people_is_told_so_and_stays_out(sso_desk: Desk, page: Page, name):
    sign_in_at_the_provider(sso_desk, page, name)
    expect(page.get_by_role("alert")).to_contain_text(
        "has not verified" if name == UNVERIFIED else "An admin can add you"
    )
    page.goto(f"{sso_desk.address}/customers")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def test_signing_out_asks_the_provider_again(sso_desk: Desk, page: Page):
    sign_in_at_the_provider(sso_desk, page, KNOWN)
    settled(page)
    page.goto(f"{sso_desk.address}/logout")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in with Example & Co")).to_be_visible()


def test_a_person_disabled_meanwhile_is_out_at_the_next_page(sso_desk: Desk, page: Page, people: Engine):
    sign_in_at_the_provider(sso_desk, page, KNOWN)
    settled(page)
    with Session(people) as session:
        person = session.scalars(select(Person.id).where(Person.login == KNOWN)).one()
    change_person(people, person, is_active=False)
    try:
        page.goto(f"{sso_desk.address}/customers")
        expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    finally:
        change_person(people, person, is_active=True)


def test_a_made_up_identity_opens_nothing(sso_desk: Desk, page: Page):
    forged = {"name": "_streamlit_user", "value": "eyJlbWFpbCI6ImFubkBleGFtcGxlLmNvbSJ9.x.y", "url": sso_desk.address}
    page.context.add_cookies([forged])
    page.goto(sso_desk.address)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
