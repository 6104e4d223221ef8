"""People and roles: added, changed, disabled, and never without someone who can manage them."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select

from data_access.base.errors import Invalid, NotPermitted, Rejected, Stale
from data_access.base.permissions import GRANTS, PEOPLE_ROLES, SYSTEM, Actor, Permission, Role
from data_access.commands.people.people import (
    AddPerson,
    DisablePerson,
    EditPerson,
    EnablePerson,
    PersonSaved,
    ResetPassword,
)
from data_access.domain.sections import PERSON
from data_access.fields.kinds import as_typed
from data_access.models.history import Change, CommandLog
from data_access.models.people import OFFERED
from data_access.queries.people.people import ListPeople, PersonRow, role_matrix
from data_access.store import sign_ins
from data_access.store.access import Access, Command, new_command_id
from tests.support.builders import a_reseller
from tests.support.people import NOW, a_person, access_for


def add(admin: Access, **over: Any) -> PersonSaved:
    given = {"login": "eve", "name": "Eve", "role": "support", "password_hash": "hash", "command_id": new_command_id()}
    return admin.execute(AddPerson(**(given | over)))


def edit(admin: Access, seen: PersonRow, **changes: str) -> PersonSaved:
    shown = {name: as_typed(getattr(seen, name)) for name in PERSON.names}
    order = EditPerson(person_id=seen.id, version=seen.version, shown=shown, changes=changes,
                       command_id=new_command_id())  # fmt: skip
    return admin.execute(order)


def person(admin: Access, login: str) -> PersonRow:
    return next(row for row in admin.fetch(ListPeople()) if row.login == login)


def logged(engine: Engine) -> str:
    with engine.connect() as connection:
        parts = [connection.execute(select(model.__table__)).all() for model in (CommandLog, Change)]
    return repr(parts)


def test_a_person_is_added_with_nothing_allowed_but_their_role(engine):
    admin = access_for(engine, Role.ADMIN)
    add(admin, email="eve@example.com")
    eve = person(admin, "eve")
    assert (eve.role, eve.is_active, eve.has_password, eve.email) == (Role.SUPPORT, True, True, "eve@example.com")
    assert eve.limits == ""


@pytest.mark.parametrize(("field", "text"), [
    ("login", " "), ("login", "Ｓystem"), ("login", "x" * 10_000), ("login", "a\x00"), ("login", "ﷺ" * 20),
    ("name", ""), ("name", "x" * 10_000), ("email", "nobody"), ("email", "a@example.com, b@example.com"),
    ("role", "system"),
    ("role", "king"), ("reseller_id", "99"), ("reseller_id", "x"), ("limits", "EUR 5 -1"),
    ("limits", "EUR NaN 5"), ("limits", "EUR 0.001 5"), ("limits", "JPY 0.5 5"), ("limits", "EUR 5"), ("limits", "5 5"),
    ("limits", "XYZ 5 5"), ("limits", "EUR 5 5, EUR 6 6"), ("limits", "EUR 5 1000000000000"),
    ("extra_grants", "everything"),
    ("extra_grants", "system:run"),
])  # fmt: skip
def test_input_that_breaks_a_rule_is_refused_at_its_field(engine, field, text):
    with pytest.raises(Invalid) as refusal:
        add(access_for(engine, Role.ADMIN), **{field: text})
    assert set(refusal.value.complaints) == {field}


def test_a_login_is_taken_whatever_its_case(engine):
    admin = access_for(engine, Role.ADMIN)
    add(admin)
    with pytest.raises(Invalid, match="already used"):
        add(admin, login=" EVE ")


def test_a_login_taken_elsewhere_is_refused_by_the_database(engine):
    a_person(engine, login="eve", reseller_id=a_reseller(engine))
    mine = a_reseller(engine)
    with pytest.raises(Invalid, match="already used"):
        add(access_for(engine, Role.ADMIN, reseller_id=mine), reseller_id=str(mine))


def test_an_admin_of_one_reseller_adds_people_of_that_reseller_only(engine):
    mine = a_reseller(engine)
    with pytest.raises(Invalid) as refusal:
        add(access_for(engine, Role.ADMIN, reseller_id=mine))
    assert set(refusal.value.complaints) == {"reseller_id"}


@pytest.mark.parametrize("role", [role for role in PEOPLE_ROLES if role is not Role.ADMIN])
def test_only_admins_manage_people(engine, role):
    access = access_for(engine, role)
    with pytest.raises(NotPermitted, match="An admin can"):
        add(access)
    with pytest.raises(NotPermitted):
        access.fetch(ListPeople())


def test_an_edit_changes_role_and_limits_at_once(engine):
    admin = access_for(engine, Role.ADMIN)
    add(admin)
    edit(admin, person(admin, "eve"), role="manager", limits="KWD 50 200.5, JPY 5000 20000")
    eve = person(admin, "eve")
    assert (eve.role, eve.limits) == (Role.MANAGER, "JPY 5000 20000, KWD 50 200.5")
    edit(admin, eve, limits="JPY 0 0, EUR 1 1, KWD 50.0 200.500")
    assert person(admin, "eve").limits == "EUR 1 1, KWD 50 200.5"


def test_a_right_beyond_the_role_holds_at_once_and_only_for_this_person(engine):
    admin = access_for(engine, Role.ADMIN)
    eve, bob = (add(admin, login=login, password_hash=None).person_id for login in ("eve", "bob"))
    edit(admin, person(admin, "eve"), extra_grants="audit:read import:run")
    tokens = [sign_ins.open_session(engine, one, NOW) for one in (eve, bob)]
    actors = [sign_ins.actor_for_token(engine, token, NOW) for token in tokens]
    assert [actor is not None and actor.may(Permission.AUDIT_READ) for actor in actors] == [True, False]


@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_every_right_that_a_role_lacks_can_be_added(engine, role):
    lacking = " ".join(sorted(right for right in OFFERED if right not in GRANTS[role]))
    admin = access_for(engine, Role.ADMIN)
    add(admin, role=role.value, extra_grants=lacking)
    assert person(admin, "eve").extra_grants == lacking


def test_two_admins_who_change_the_same_field_are_told(engine):
    first, second = access_for(engine, Role.ADMIN), access_for(engine, Role.ADMIN)
    add(first)
    seen = person(first, "eve")
    edit(first, seen, role="manager")
    with pytest.raises(Stale) as stale:
        edit(second, seen, role="analyst")
    assert [conflict.field for conflict in stale.value.conflicts] == ["role"]
    edit(second, seen, name="Eva")
    assert (person(first, "eve").role, person(first, "eve").name) == (Role.MANAGER, "Eva")


def test_an_edit_of_nothing_says_so(engine):
    admin = access_for(engine, Role.ADMIN)
    add(admin)
    with pytest.raises(Rejected, match="Nothing was changed"):
        edit(admin, person(admin, "eve"), name="Eve")


def test_a_disabled_person_is_out_at_once_and_can_come_back(engine):
    admin = access_for(engine, Role.ADMIN)
    eve = add(admin).person_id
    token = sign_ins.open_session(engine, eve, NOW)
    admin.execute(DisablePerson(person_id=eve, command_id="d"))
    assert sign_ins.actor_for_token(engine, token, NOW) is None
    with pytest.raises(Rejected, match="already disabled"):
        admin.execute(DisablePerson(person_id=eve, command_id="d2"))
    admin.execute(EnablePerson(person_id=eve, command_id="e"))
    assert person(admin, "eve").is_active


def test_nobody_disables_themselves(engine):
    admin = access_for(engine, Role.ADMIN)
    a_person(engine, Role.ADMIN)
    with pytest.raises(Rejected, match="cannot disable yourself"):
        admin.execute(DisablePerson(person_id=admin.actor.person_id or 0, command_id="d"))


LEAVINGS = {
    "another role": {"role": "support"},
    "confined": {"reseller_id": "1"},
    "both": {"role": "manager", "reseller_id": "1"},
}


@pytest.mark.parametrize("changes", LEAVINGS.values(), ids=LEAVINGS)
def test_the_last_admin_who_sees_everything_stays_one(engine, changes):
    admin = access_for(engine, Role.ADMIN)
    confined_to = a_reseller(engine)
    a_person(engine, Role.ADMIN, reseller_id=confined_to)  # can manage its own people only
    a_person(engine, Role.ADMIN, is_active=False)
    with pytest.raises(Rejected, match="last admin who can sign in and sees every customer"):
        edit(admin, person(admin, admin.actor.login), **changes)
    a_person(engine, Role.ADMIN)
    edit(admin, person(admin, admin.actor.login), **changes)


def test_the_last_admin_who_sees_everything_is_not_disabled(engine):
    last = a_person(engine, Role.ADMIN)
    manager = Access(engine, a_person(engine, Role.MANAGER, extra_grants="people:manage"), lambda: NOW)
    with pytest.raises(Rejected, match="last admin"):
        manager.execute(DisablePerson(person_id=last.person_id or 0, command_id="d"))


def test_a_confined_administrator_can_leave_while_another_sees_everything(engine):
    admin, reseller = access_for(engine, Role.ADMIN), a_reseller(engine)
    confined = a_person(engine, Role.ADMIN, reseller_id=reseller)
    admin.execute(DisablePerson(person_id=confined.person_id or 0, command_id="d"))
    assert not person(admin, confined.login).is_active


def test_the_first_administrator_sees_everything(engine):
    nobody = Access(engine, SYSTEM, lambda: NOW)
    reseller = str(a_reseller(engine))
    for over in ({"role": "admin", "reseller_id": reseller}, {"role": "manager"}):
        with pytest.raises(Rejected, match="The first person is an admin who sees every customer"):
            add(nobody, **over)
    assert add(nobody, role="admin").login == "eve"


def disable_the_other(_one: int, other: int) -> Command[PersonSaved]:
    return DisablePerson(person_id=other, command_id=new_command_id())


def give_up_the_role(one: int, _other: int) -> Command[PersonSaved]:
    return changed(one, role="support")


def confine_oneself(one: int, _other: int) -> Command[PersonSaved]:
    return changed(one, reseller_id="1")


def confine_the_other(_one: int, other: int) -> Command[PersonSaved]:
    return changed(other, reseller_id="1")


def changed(person_id: int, **changes: str) -> Command[PersonSaved]:
    return EditPerson(person_id=person_id, version=1, shown={}, changes=changes, command_id=new_command_id())


@pytest.mark.parametrize("order", [disable_the_other, give_up_the_role, confine_oneself, confine_the_other])
def test_two_admins_who_leave_at_once_leave_one(engine, order):
    start = Barrier(2)

    def together(actor: Actor, given: Command[PersonSaved]) -> PersonSaved:
        start.wait(10)
        return Access(engine, actor, lambda: NOW).execute(given)

    a_reseller(engine)
    actors = [a_person(engine, Role.ADMIN), a_person(engine, Role.ADMIN)]
    one, two = (actor.person_id or 0 for actor in actors)
    with ThreadPoolExecutor(2) as threads:
        tries = list(map(partial(threads.submit, together), actors, (order(one, two), order(two, one))))
    assert sum(tried.exception() is None for tried in tries) == 1


def test_a_new_password_is_in_no_log(engine):
    admin = access_for(engine, Role.ADMIN)
    eve = add(admin, password_hash="first-secret-hash").person_id
    admin.execute(ResetPassword(person_id=eve, password_hash="second-secret-hash", command_id="r"))
    assert "secret-hash" not in logged(engine)


def test_a_person_is_added_once_however_often_it_is_sent(engine):
    admin = access_for(engine, Role.ADMIN)
    assert add(admin, command_id="a") == add(admin, command_id="a")


def test_the_list_shows_those_who_may_sign_in_first(engine):
    admin = access_for(engine, Role.ADMIN, login="zoe")
    a_person(engine, login="abe", is_active=False)
    assert [row.login for row in admin.fetch(ListPeople())] == ["zoe", "abe"]


def test_the_matrix_says_for_every_right_which_roles_have_it():
    rows = {row["Right"]: row for row in role_matrix()}
    for right in frozenset(Permission) - {Permission.SYSTEM_RUN}:
        said = rows[right.label.capitalize()]
        assert {role: said[role.value.capitalize()] == "yes" for role in PEOPLE_ROLES} == {
            role: right in GRANTS[role] for role in PEOPLE_ROLES
        }
