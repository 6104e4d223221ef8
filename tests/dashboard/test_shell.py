"""The shell around the pages, run from the entry point's own code on pages made for the test."""

from pathlib import Path

import pytest
from sqlalchemy import event

from dashboard.kit.addresses.navigation import PAGES
from data_access.base.clock import system_clock
from data_access.base.permissions import GRANTS, PEOPLE_ROLES, Permission, Role
from data_access.base.settings import settings
from data_access.store import sign_ins
from tests.support.people import a_person
from tests.support.sign_ins import change_person

ENTRY = """
from pathlib import Path
from dashboard.shell import shell
from dashboard.kit.addresses.navigation import PageEntry
from data_access.base.permissions import Permission
here = Path({folder!r})
shell.render([
    PageEntry("start", "Start", ":material/home:", "Work", Permission.CUSTOMER_READ, is_default=True, folder=here),
    PageEntry("secret", "Secret", ":material/key:", "Administration", Permission.PEOPLE_MANAGE, folder=here),
    PageEntry("exports", "Exports", ":material/download:", "Work", Permission.CUSTOMER_READ, folder=here),
    PageEntry("says", "Says", ":material/chat:", "Work", Permission.CUSTOMER_READ, folder=here),
])
"""
PAGE = """
import streamlit as st
from dashboard.kit import feedback
from dashboard.kit.context import open_page
from data_access.base.errors import Rejected
from data_access.base.permissions import Permission
access = open_page({title!r}, Permission.{needs})
{body}
"""
EXPORTS = """
from data_access.store.access import new_command_id
from data_access.commands.customers.exports import ExportCustomers
from data_access.search.filters import LISTED
before = access.last_command()
access.execute(ExportCustomers(command_id=new_command_id(), filter=LISTED, format="CSV"))
st.text(f"{access.last_command() - before} more")
"""

MENU = """
import streamlit as st
from dashboard.kit import context
from dashboard.shell import shell
from dashboard.kit.addresses.navigation import PAGES
with context.one_run() as access:
    shown = shell.menu(PAGES, access.actor)
    for pages in shown.values():
        for page in pages:
            if page.visibility == "visible":
                st.text(page.title)
"""


@pytest.fixture
def entry(tmp_path: Path) -> Path:
    pages = {
        "start": PAGE.format(title="Start", needs="CUSTOMER_READ", body="st.text(f'inside as {access.actor.login}')"),
        "secret": PAGE.format(title="Secret", needs="PEOPLE_MANAGE", body="st.text('inside the secret')"),
        "exports": PAGE.format(title="Exports", needs="CUSTOMER_READ", body=EXPORTS),
        "says": PAGE.format(
            title="Says",
            needs="CUSTOMER_READ",
            body="if st.button('Do', key='do'):\n    feedback.done('Done: *5* $ paid')\n    st.rerun()\n"
            "if st.button('No', key='no'):\n    raise Rejected('No *more* than $5 and $6.')\n",
        ),
    }
    for name, text in pages.items():
        (tmp_path / f"{name}.py").write_text(text)
    script = tmp_path / "entry.py"
    script.write_text(ENTRY.format(folder=str(tmp_path)))
    return script


def texts(app):
    return [element.value for element in app.text]


def test_the_first_page_is_drawn_for_who_is_signed_in(desk_app, entry):
    app = desk_app.sign_in(Role.MANAGER, script=entry, login="mia", name="Mia Example").run()
    assert app.title[0].value == "Start"
    assert "inside as mia" in texts(app)


def test_the_foot_says_who_is_signed_in(desk_app, entry):
    app = desk_app.sign_in(Role.MANAGER, script=entry, login="mia", name="*Mia*").run()
    assert [element.value for element in app.sidebar.text] == ["*Mia*"]
    assert "manager" in app.sidebar.caption[0].value


def test_the_foot_leads_to_another_password(desk_app, entry):
    app = desk_app.sign_in(script=entry).run()
    assert 'href="/login/password"' in "".join(one.proto.body for one in app.get("html"))


def test_each_menu_shows_the_pages_of_its_own_reader_whoever_looked_before(desk_app, tmp_path):
    script = tmp_path / "menu.py"
    script.write_text(MENU)
    for role in (Role.SUPPORT, Role.ADMIN, Role.SUPPORT):
        expected = [entry.title for entry in PAGES if entry.is_in_menu and entry.needs in GRANTS[role]]
        assert texts(desk_app.sign_in(role, script=script).run()) == expected


@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_a_page_without_the_right_says_why_and_who_can(desk_app, entry, role):
    app = desk_app.sign_in(role, script=entry).run()
    app.switch_page("secret.py").run()
    if Permission.PEOPLE_MANAGE in GRANTS[role]:
        assert "inside the secret" in texts(app)
    else:
        assert "inside the secret" not in texts(app)
        assert "An admin can" in app.error[0].value.replace("\\", "")


def test_without_a_session_nothing_is_drawn_but_the_way_to_sign_in(desk_app, entry):
    app = desk_app.sign_in(script=entry)
    app.session_state["session_token"] = "made up"
    app.run()
    assert "You are signed out" in app.error[0].value
    assert not texts(app)


def test_a_person_disabled_meanwhile_is_out_at_the_next_run(desk_app, entry):
    ann = a_person(desk_app.engine)
    app = desk_app.sign_in_as(ann, script=entry).run()
    change_person(desk_app.engine, ann.person_id, is_active=False)
    app.run()
    assert not texts(app)


def test_a_right_taken_away_meanwhile_is_gone_at_the_next_run(desk_app, entry):
    ann = a_person(desk_app.engine, Role.ADMIN)
    app = desk_app.sign_in_as(ann, script=entry).run()
    app.switch_page("secret.py").run()
    assert "inside the secret" in texts(app)
    change_person(desk_app.engine, ann.person_id, role=Role.SUPPORT)
    app.run()
    assert "inside the secret" not in texts(app)


def test_a_session_handed_in_counts_in_tests_only(desk_app, entry, monkeypatch):
    app = desk_app.sign_in(script=entry)
    monkeypatch.setenv("APP_ENV", "production")
    settings.cache_clear()
    app.run()
    assert not texts(app)


def test_what_was_done_is_said_once_after_the_rerun(desk_app, entry):
    app = desk_app.sign_in(script=entry).run()
    app.switch_page("says.py").run()
    app.button(key="do").click().run()
    assert [toast.value.replace("\\", "") for toast in app.toast] == ["Done: *5* $ paid"]
    app.run()
    assert not app.toast


def test_a_refusal_is_shown_as_text_and_nothing_crashes(desk_app, entry):
    app = desk_app.sign_in(script=entry).run()
    app.switch_page("says.py").run()
    app.button(key="no").click().run()
    assert [error.value for error in app.error] == [r"No \*more\* than \$5 and \$6\."]
    assert not app.exception


def test_every_page_has_an_address_of_its_own_and_one_is_the_first():
    assert len({entry.file for entry in PAGES}) == len(PAGES)
    assert [entry.file for entry in PAGES if entry.is_default] == ["home"]


def test_signing_out_ends_the_session_of_an_open_page(desk_app, entry):
    app = desk_app.sign_in(script=entry).run()
    sign_ins.sign_out(desk_app.engine, app.session_state["session_token"], system_clock())
    app.run()
    assert "You are signed out" in app.error[0].value


def test_a_run_asks_once_who_is_signed_in(desk_app, entry):
    app = desk_app.sign_in(script=entry).run()
    asked: list[str] = []
    event.listen(desk_app.engine, "before_cursor_execute", lambda _c, _k, text, *_: asked.append(text))
    app.run()
    assert len([text for text in asked if "sign_in_sessions" in text]) == 1


def test_a_command_of_the_run_itself_is_seen_in_the_same_run(desk_app, entry):
    app = desk_app.sign_in(script=entry).run()
    app.switch_page("exports.py").run()
    assert "1 more" in texts(app)
