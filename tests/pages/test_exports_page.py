"""Long exports on the page: asked for, watched, fetched, given up, by whoever asked for them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import update
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest

from dashboard.kit.feedback import SignedOut
from dashboard.kit.saving import OWNERS
from dashboard.lists.exports.kept_exports import fetched
from data_access.base.clock import system_clock
from data_access.base.engine import Door
from data_access.base.errors import Rejected
from data_access.base.permissions import SYSTEM, Permission, Role
from data_access.base.settings import settings
from data_access.commands.exports.export_files import AskForExport
from data_access.jobs.exporting import take_export
from data_access.models.people import Person
from data_access.queries.lists.export_files import OwnExport, OwnExports
from data_access.search.filters import LISTED
from data_access.store import sign_ins
from data_access.store.access import Access, new_command_id
from tests.pages.test_finder import with_export_open
from tests.support.builders import a_customer
from tests.support.desk_app import DeskApp
from tests.support.forms import said
from tests.support.people import a_person
from tests.support.statements import counted


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("EXPORT_DIR", str(tmp_path))
    monkeypatch.setattr("dashboard.lists.exports.export_button.AT_ONCE", 0)
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()


def own(access: Access) -> OwnExport:
    (export,) = access.fetch(OwnExports())
    return export


def click(app: AppTest, label: str) -> AppTest:
    next(button for button in app.main.button if button.label == label).click().run()
    assert not app.exception
    return app


def test_a_long_list_is_asked_for_watched_fetched_and_removed(desk_app: DeskApp, folder: Path) -> None:
    a_customer(desk_app.engine, customer_code="C-1")
    access = Access(desk_app.engine, a_person(desk_app.engine, Role.MANAGER), system_clock)
    app = desk_app.sign_in_as(access.actor)
    app.switch_page("../pages/customers.py").run()
    app = with_export_open(app).run()
    assert not app.get("download_button")
    click(app, "CSV")
    asked = own(access)
    app.switch_page("../pages/exports.py").run()
    assert "1 customer as CSV" in said(app)
    with counted(desk_app.engine) as statements:
        app.run()
    assert len(statements) <= 15, statements
    take_export(Access(desk_app.engine, SYSTEM, system_clock), asked.id)
    app.run()
    assert "then removed" in said(app)
    (saves,) = app.get("download_button")
    assert saves.proto.label == "Save the file"
    with fetched(access, asked) as file:
        assert b"C-1" in file.read()
    (folder / asked.file).unlink()
    with pytest.raises(Rejected, match="cannot be found on this server"):
        fetched(access, asked)
    click(app, "Remove")
    assert access.fetch(OwnExports()) == ()
    assert "You keep no export" in said(app)


def test_a_file_is_made_with_the_rights_of_the_click_and_not_of_the_page(
    desk_app: DeskApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: dict[str, Callable[[], bytes]] = {}
    monkeypatch.setattr(st, "download_button", lambda label, make, *_, **__: offered.update({label: make}))
    monkeypatch.setattr("dashboard.lists.exports.export_button.AT_ONCE", 10)
    a_customer(desk_app.engine, email="ann@example.com")
    person = a_person(desk_app.engine, Role.SUPPORT, extra_grants=Permission.PERSONAL_EXPORT)
    app = desk_app.sign_in_as(person)
    app.switch_page("../pages/customers.py").run()
    with_export_open(app)

    def file() -> bytes:
        made = OWNERS.large(offered["CSV"]())
        assert made is not None
        made.seek(0)
        return made.read()

    assert b"ann@example.com" in file()
    with Session(desk_app.engine.execution_options(door=Door(is_open=True))) as session, session.begin():
        session.execute(update(Person).where(Person.id == person.person_id).values(extra_grants=""))
    assert b"ann@example.com" not in file()
    sign_ins.sign_out(desk_app.engine, app.session_state["session_token"], system_clock())
    with pytest.raises(SignedOut):
        offered["CSV"]()


def test_who_may_see_less_by_now_reads_why_in_place_of_the_button(desk_app: DeskApp) -> None:
    a_customer(desk_app.engine)
    manager = a_person(desk_app.engine, Role.MANAGER)
    access = Access(desk_app.engine, manager, system_clock)
    order = AskForExport(filter=LISTED, kind="csv", command_id=new_command_id())
    take_export(Access(desk_app.engine, SYSTEM, system_clock), access.execute(order).export_id)
    with Session(desk_app.engine.execution_options(door=Door(is_open=True))) as session, session.begin():
        session.execute(update(Person).where(Person.id == manager.person_id).values(role=Role.ANALYST))
    app = desk_app.sign_in_as(manager)
    app.switch_page("../pages/exports.py").run()
    assert "no right to export personal data" in said(app)
    assert not app.get("download_button")
