"""The finder, from any page, and the files that the Export button gives."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from dashboard.exports import exported
from data_access.filters import CustomerFilter
from data_access.lifecycle import BillStatus
from data_access.matching import SearchField
from data_access.permissions import Role
from tests.support.builders import a_customer
from tests.support.desk_app import DeskApp, desk_app_on
from tests.support.people import access_for


@pytest.fixture
def desk(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeskApp]:
    with desk_app_on(sqlite_url, monkeypatch) as app:
        a_customer(app.engine, customer_code="C-1", company_name="Aurora *One*")
        a_customer(
            app.engine, customer_code="C-2", company_name="Aurora Two", bill_status=BillStatus.PERMANENTLY_TERMINATED
        )
        yield app


def search(desk: DeskApp, text: str, role: Role = Role.SUPPORT) -> AppTest:
    app = desk.sign_in(role).run()
    app.button(key="finder").click().run()
    return app.text_input(key="finder-text").set_value(text).run()


def hits(app: AppTest) -> list[str]:
    return [button.label for button in app.button if str(button.key).startswith("finder-")]


def test_several_hits_are_offered_with_their_statuses_and_names_as_text(desk: DeskApp) -> None:
    found = hits(search(desk, "aurora"))
    assert found == [r"Aurora \*One\* · C\-1 · Active", r"Aurora Two · C\-2 · Permanently terminated"]


def test_the_only_hit_is_opened(desk: DeskApp) -> None:
    app = search(desk, "c-1")
    assert app.query_params["id"] == "1"
    assert hits(app) == []


def test_no_hit_is_said(desk: DeskApp) -> None:
    assert "No customer matches" in search(desk, "nobody").info[0].value


def test_an_analyst_finds_nobody_by_name(desk: DeskApp) -> None:
    assert hits(search(desk, "aurora", Role.ANALYST)) == []


def test_the_file_holds_the_customers(engine: Engine) -> None:
    a_customer(engine, customer_code="C-1")
    access = access_for(engine)
    assert b"C-1" in exported(access, CustomerFilter(), "CSV")
    assert exported(access, CustomerFilter(), "XLSX").startswith(b"PK")


def test_a_refused_export_gives_the_reason_and_no_customer(engine: Engine) -> None:
    a_customer(engine, customer_code="C-1", company_name="Aurora")
    by_name = CustomerFilter(q="aur", fields=frozenset({SearchField.NAME}))
    content = exported(access_for(engine, Role.ANALYST), by_name, "CSV").decode()
    assert "personal:read" in content
    assert "C-1" not in content
