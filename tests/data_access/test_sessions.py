"""Sessions end inside the command that ends them, by every route; and everybody sees where they are signed in."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, inspect

from data_access.base.errors import NotFound, NotPermitted, Rejected
from data_access.base.permissions import PEOPLE_ROLES, Actor, Role
from data_access.commands.people.identities import BindIdentity, ReleaseIdentity
from data_access.commands.people.people import (
    ENDS_SESSIONS,
    ChangeOwnPassword,
    DisablePerson,
    EditPerson,
    EnablePerson,
    ResetPassword,
)
from data_access.commands.people.sessions import EndOwnSessions, EndSessions
from data_access.models.people import Person
from data_access.queries.people.sessions import OwnSessions, SessionsOf
from data_access.store import sign_ins
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_reseller
from tests.support.people import NOW, a_person, access_for

HARMLESS = {
    "id", "version", "created_at",  # never changed by a person
    "login", "login_key", "name", "email", "extra_grants", "must_change_password", "oidc_issuer",
    "oidc_subject",  # read anew at each look
}  # fmt: skip


def given(**values: Any) -> dict[str, Any]:
    return {"command_id": new_command_id()} | values


def is_in(engine: Engine, token: str) -> bool:
    return sign_ins.actor_for_token(engine, token, NOW) is not None


def edited(admin: Access, eve: Actor, **changes: str) -> None:
    admin.execute(EditPerson(**given(person_id=eve.person_id, version=1, shown={}, changes=changes)))


ROUTES = {
    "disabled": lambda admin, eve: admin.execute(DisablePerson(**given(person_id=eve.person_id))),
    "reset": lambda admin, eve: admin.execute(ResetPassword(**given(person_id=eve.person_id, password_hash="new"))),
    "own password": lambda admin, eve: Access(admin.engine, eve, admin.now).execute(
        ChangeOwnPassword(**given(version=1, password_hash="new"))
    ),
    "role": lambda admin, eve: edited(admin, eve, role="analyst"),
    "reseller": lambda admin, eve: edited(admin, eve, reseller_id=str(a_reseller(admin.engine))),
    "identity released": lambda admin, eve: (
        Access(admin.engine, eve, admin.now).execute(BindIdentity(**given(issuer="https://id.example", subject="e"))),
        admin.execute(ReleaseIdentity(**given(person_id=eve.person_id))),
    ),
    "by an administrator": lambda admin, eve: admin.execute(EndSessions(**given(person_id=eve.person_id))),
    "everywhere": lambda admin, eve: Access(admin.engine, eve, admin.now).execute(EndOwnSessions(**given())),
}


@pytest.mark.parametrize("route", ROUTES)
def test_what_ends_sessions_ends_all_of_that_person_and_of_nobody_else(engine, route):
    admin, eve = access_for(engine, Role.ADMIN), a_person(engine, login="eve")
    tokens = [sign_ins.open_session(engine, eve.person_id or 0, NOW) for _ in range(2)]
    others = sign_ins.open_session(engine, a_person(engine).person_id or 0, NOW)
    ROUTES[route](admin, eve)
    assert [is_in(engine, token) for token in (*tokens, others)] == [False, False, True]


@pytest.mark.parametrize("changes", [{"name": "Eva"}, {"email": "eve@example.com"}])
def test_what_is_read_anew_at_each_look_leaves_sessions_alone(engine, changes):
    eve = a_person(engine, login="eve")
    token = sign_ins.open_session(engine, eve.person_id or 0, NOW)
    edited(access_for(engine, Role.ADMIN), eve, **changes)
    assert is_in(engine, token)


def test_every_column_of_a_person_was_asked_whether_it_ends_sessions():
    assert {column.key for column in inspect(Person).columns} == HARMLESS | set(ENDS_SESSIONS)


def test_an_old_session_stays_dead_when_its_person_comes_back(engine):
    admin, eve = access_for(engine, Role.ADMIN), a_person(engine, login="eve")
    token = sign_ins.open_session(engine, eve.person_id or 0, NOW)
    admin.execute(DisablePerson(**given(person_id=eve.person_id)))
    admin.execute(EnablePerson(**given(person_id=eve.person_id)))
    assert not is_in(engine, token)


def test_a_refused_command_ends_no_session(engine):
    admin, eve = access_for(engine, Role.ADMIN), a_person(engine, login="eve", is_active=True)
    token = sign_ins.open_session(engine, admin.actor.person_id or 0, NOW)
    with pytest.raises(Rejected):
        admin.execute(DisablePerson(**given(person_id=admin.actor.person_id)))
    with pytest.raises(NotPermitted):
        Access(engine, eve, admin.now).execute(EndSessions(**given(person_id=admin.actor.person_id)))
    assert is_in(engine, token)


@pytest.mark.parametrize("route", ["disabled", "reset", "role"])
def test_a_sign_in_that_was_judged_before_opens_nothing_after(engine, route):
    admin, eve = access_for(engine, Role.ADMIN), a_person(engine, login="eve")
    ROUTES[route](admin, eve)
    with pytest.raises(sign_ins.SignInRefused, match="a moment ago"):
        sign_ins.open_session(engine, eve.person_id or 0, NOW, version=1)


def test_a_password_that_was_reset_meanwhile_is_not_replaced(engine):
    admin, eve = access_for(engine, Role.ADMIN), a_person(engine, login="eve")
    ROUTES["reset"](admin, eve)
    with pytest.raises(Rejected, match="a moment ago"):
        ROUTES["own password"](admin, eve)


@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_everybody_sees_their_own_open_sessions_and_no_other(engine, role):
    access = access_for(engine, role)
    own = access.actor.person_id or 0
    sign_ins.open_session(engine, own, NOW - timedelta(hours=1), ip="192.0.2.1", user_agent="old")
    sign_ins.sign_out(engine, sign_ins.open_session(engine, own, NOW, user_agent="left"), NOW)
    sign_ins.open_session(engine, own, NOW, user_agent="new")
    sign_ins.open_session(engine, own, NOW - sign_ins.IDLE_LASTS, user_agent="idle")
    sign_ins.open_session(engine, a_person(engine).person_id or 0, NOW, user_agent="of someone else")
    assert [row.user_agent for row in access.fetch(OwnSessions(NOW))] == ["new", "old"]


def test_an_administrator_sees_anybodys_and_nobody_else_does(engine):
    eve = a_person(engine, login="eve")
    sign_ins.open_session(engine, eve.person_id or 0, NOW, ip="192.0.2.1")
    assert [row.ip for row in access_for(engine, Role.ADMIN).fetch(SessionsOf(eve.person_id or 0, NOW))] == [
        "192.0.2.1"
    ]
    with pytest.raises(NotPermitted, match="An admin can"):
        access_for(engine, Role.MANAGER).fetch(SessionsOf(eve.person_id or 0, NOW))


def test_a_confined_administrator_reaches_the_sessions_of_their_reseller_alone(engine):
    mine, other = a_reseller(engine), a_reseller(engine)
    admin = access_for(engine, Role.ADMIN, reseller_id=mine)
    near, far = a_person(engine, reseller_id=mine), a_person(engine, reseller_id=other)
    tokens = [sign_ins.open_session(engine, one.person_id or 0, NOW) for one in (near, far)]
    assert [len(admin.fetch(SessionsOf(one.person_id or 0, NOW))) for one in (near, far)] == [1, 0]
    with pytest.raises(NotFound):
        admin.execute(EndSessions(**given(person_id=far.person_id)))
    assert admin.execute(EndSessions(**given(person_id=near.person_id))).ended == 1
    assert [is_in(engine, token) for token in tokens] == [False, True]
