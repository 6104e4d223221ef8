"""People and roles, worked in as an administrator does."""

from typing import Any

import pytest

from data_access.base.clock import system_clock
from data_access.base.permissions import PEOPLE_ROLES, Permission, Role
from data_access.queries.people.people import ListPeople, PersonRow
from data_access.store import sign_ins
from data_access.store.access import Access
from tests.support.forms import field, fill, labels, press, said
from tests.support.people import a_person
from tests.support.tabs import choose


def people(engine: Any) -> dict[str, PersonRow]:
    watcher = Access(engine, a_person(engine, Role.ADMIN, login="watcher"))
    return {row.login: row for row in watcher.fetch(ListPeople())}


def with_eve(desk_app: Any, **over: Any) -> Any:
    eve = a_person(desk_app.engine, login="eve", **over)
    return desk_app.open("people", Role.ADMIN, change=str(eve.person_id))


def test_a_row_opens_the_form_of_the_person_until_it_is_closed(desk_app):
    eve = a_person(desk_app.engine, login="eve")
    app = desk_app.open("people", Role.ADMIN)
    assert not app.header
    choose(app, "people", list(people(desk_app.engine)).index("eve"))
    assert [header.value for header in app.header] == ["Change eve"]
    assert app.query_params["change"] == str(eve.person_id)
    assert not press(app, "Close").header


def test_a_person_is_added_and_the_password_that_is_shown_once_signs_them_in(desk_app):
    app = desk_app.open("people", Role.ADMIN)
    field(app, "Sign-in name").set_value("eve").run()
    press(fill(app, Name="Eve", Role="manager"), "Add the person")
    assert "eve is added" in said(app)
    password = app.code[0].value
    eve = sign_ins.identify(desk_app.engine, "eve", password, ip="", now=system_clock(), demo=False)
    assert eve.actor.role == Role.MANAGER
    press(app, "Put away")
    assert password not in said(app.run())


def test_a_refused_person_is_told_field_by_field(desk_app):
    app = press(desk_app.open("people", Role.ADMIN), "Add the person")
    assert "Give the sign-in name" in said(app)
    assert "Give the name" in said(app)
    assert not app.code


def test_role_and_limits_are_changed(desk_app):
    app = with_eve(desk_app)
    radio = next(one for one in app.radio if "edit_person" in one.key)
    radio.set_value("analyst").run()
    limit_row(app, 0, currency="JPY", **{"per_booking": "500", "per_day": "2000"})
    limit_row(app, 1, currency="KWD", **{"per_booking": "5"})
    press(app, "Save")
    assert "Write a limit as its currency" in said(app)
    limit_row(app, 1, **{"per_day": "7.5"})
    press(app, "Save")
    eve = people(desk_app.engine)["eve"]
    assert (eve.role, eve.limits) == (Role.ANALYST, "JPY 500 2000, KWD 5 7.5")
    assert "500 JPY at a time, 2,000 JPY in 24 hours; 5.000 KWD" in limits_of_eve(app)
    limit_row(app, 0, currency=None, **{"per_booking": "", "per_day": ""})
    press(app, "Save")
    assert limits_of_eve(app) == "5.000 KWD at a time, 7.500 KWD in 24 hours"
    assert "eve is saved" in said(app)
    limit_row(app, 1, currency="JPY", **{"per_booking": "500", "per_day": "2000"})
    limit_row(app, 2, currency="EUR", **{"per_booking": "5", "per_day": "20"})
    press(app, "Save")
    assert limits_of_eve(app) == "in 3 currencies"


def limit_row(app: Any, place: int, **entered: Any) -> None:
    """One row of the limits of a person who is changed."""
    for name, value in entered.items():
        found = [one for one in (*app.text_input, *app.selectbox) if f"limits-{place}-{name}" in one.key]
        next(one for one in found if "edit_person" in one.key).set_value(value).run()


def limits_of_eve(app: Any) -> str:
    table = next(table.value for table in app.dataframe if "Own limits" in table.value.columns)
    return str(table.set_index("Sign-in name").loc["eve", "Own limits"])


def rights_of_eve(app: Any) -> tuple[Any, str]:
    """The field in which they are changed, and what the table says."""
    table = next(table.value for table in app.dataframe if "Additional rights" in table.value.columns)
    told = table.set_index("Sign-in name").loc["eve", "Additional rights"]
    return next(one for one in app.multiselect if one.key.startswith("edit_person")), told


def test_a_right_beyond_the_role_is_shown_changed_and_taken_back(desk_app):
    app = with_eve(desk_app, extra_grants="audit:read")
    rights, told = rights_of_eve(app)
    assert (rights.label, rights.value, told) == ("Additional rights", ["audit:read"], "See the audit log")
    press(rights.set_value(["import:run", "audit:read"]).run(), "Save")
    rights, told = rights_of_eve(app)
    assert told == "See the audit log, import files"
    press(rights.set_value([]).run(), "Save")
    assert people(desk_app.engine)["eve"].extra_grants == ""


def test_nobody_resets_their_own_password_and_is_signed_out_before_reading_it(desk_app):
    admin = a_person(desk_app.engine, Role.ADMIN)
    app = desk_app.sign_in_as(admin)
    app.switch_page("../pages/people.py")
    app.query_params["change"] = str(admin.person_id)
    press(app.run(), "Reset password")
    assert "You cannot reset your own password" in said(app)
    assert not app.code
    assert people(desk_app.engine)[admin.login].version == 1


def test_what_runs_by_itself_is_no_right_for_a_person(desk_app):
    offered = field(desk_app.open("people", Role.ADMIN), "Additional rights").options
    assert Permission.SYSTEM_RUN.label.capitalize() not in offered
    assert len(offered) == len(Permission) - 1


def test_a_person_is_disabled_and_enabled_again(desk_app):
    app = press(with_eve(desk_app), "Disable")
    assert "eve is disabled" in said(app)
    assert not people(desk_app.engine)["eve"].is_active
    press(app, "Enable")
    assert "eve can sign in again" in said(app)


def test_a_new_password_ends_the_sessions_that_are_open(desk_app):
    app = with_eve(desk_app)
    eve = people(desk_app.engine)["eve"]
    token = sign_ins.open_session(desk_app.engine, eve.id, system_clock())
    press(app, "Reset password")
    assert sign_ins.actor_for_token(desk_app.engine, token, system_clock()) is None
    assert len(app.code) == 1
    assert "password of eve" in said(app)


def test_the_roles_tab_says_every_right_in_words(desk_app):
    app = desk_app.open("people", Role.ADMIN)
    matrix = next(table.value for table in app.dataframe if "Right" in table.value.columns)
    assert list(matrix.columns) == ["Right", *(role.value.capitalize() for role in PEOPLE_ROLES)]
    assert "Manage people and roles" in set(matrix["Right"])


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ANALYST, Role.MANAGER])
def test_others_are_told_who_can(desk_app, role):
    app = desk_app.open("people", role)
    assert "An admin can" in said(app)
    assert labels(app) == []


@pytest.mark.parametrize("text", ["'; DROP TABLE people; --", "😀 שלום", "*b* [x](y) $1$ :red[z] <b>"])
def test_any_name_is_shown_as_text(desk_app, text):
    eve = a_person(desk_app.engine, login=text, name=text)
    app = desk_app.open("people", Role.ADMIN, change=str(eve.person_id))
    press(app, "Reset password")
    assert not app.exception
    assert f"password of {text}" in said(app)


def test_an_administrator_sees_where_someone_is_signed_in_and_ends_it(desk_app):
    app = with_eve(desk_app)
    assert "Not signed in anywhere" in said(app)
    eve = people(desk_app.engine)["eve"]
    token = sign_ins.open_session(desk_app.engine, eve.id, system_clock(), ip="192.0.2.1", user_agent="Firefox")
    app.run()
    table = next(table.value for table in app.dataframe if "Browser" in table.value.columns)
    assert (table["Browser"][0], table["Address"][0]) == ("Firefox", "192.0.2.1")
    press(app, "Sign out everywhere")
    assert "eve is signed out everywhere: 1 session ended" in said(app)
    assert sign_ins.actor_for_token(desk_app.engine, token, system_clock()) is None


def test_a_bound_identity_is_released(desk_app):
    app = with_eve(desk_app, oidc_issuer="https://id.example", oidc_subject="e-5")
    press(app, "Release single sign-on")
    assert "eve is signed out, and linked again" in said(app)
    assert not people(desk_app.engine)["eve"].is_bound
    assert "Release single sign-on" not in labels(app)
