"""What of a single sign-on counts: a verified address the first time, the bound identity ever after."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.server.signin.sso import Claims, UnknownPerson, known_of
from data_access.base.errors import NotPermitted, Rejected
from data_access.base.permissions import Role
from data_access.commands.people.identities import BindIdentity, ReleaseIdentity
from data_access.models.history import CommandLog
from data_access.store.access import Access, new_command_id
from tests.support.people import access_for
from tests.support.sign_ins import NOON, a_person, change_person

ANN = {"iss": "https://id.example", "sub": "a-17", "email": "ann@example.com", "email_verified": True}


def known(engine, **over):
    claims = {name: value for name, value in (ANN | over).items() if value is not ...}
    return known_of(engine, Claims.told_by(claims), lambda: NOON).actor.login


@pytest.mark.parametrize("said", [False, None, 0, 1, "", "true", "false", "True", [True], {"a": 1}, ...])
def test_an_address_counts_only_if_it_is_said_to_be_verified_by_true_itself(engine, said):
    a_person(engine, email="ann@example.com")
    with pytest.raises(UnknownPerson, match="has not verified"):
        known(engine, email_verified=said)


@pytest.mark.parametrize(
    "over", [{"iss": ...}, {"sub": ...}, {"iss": ""}, {"sub": None}, {"email": ...}, {"email": ""}]
)
def test_who_is_not_told_whole_is_nobody(engine, over):
    a_person(engine, email="ann@example.com")
    with pytest.raises(UnknownPerson):
        known(engine, **over)


def test_the_first_time_binds_and_then_the_address_counts_no_more(engine):
    a_person(engine, email="ann@example.com")
    assert known(engine) == "ann"
    with pytest.raises(UnknownPerson, match="linked to another identity"):
        known(engine, sub="b-18")  # the address was given to someone else
    with pytest.raises(UnknownPerson, match="linked to another identity"):
        known(engine, iss="https://other.example")  # another provider says so
    assert known(engine, email="ann.new@example.com") == "ann"  # she married
    with Session(engine) as session:
        assert session.scalars(select(CommandLog.name).where(CommandLog.login == "ann")).all() == ["BindIdentity"]


def test_a_bound_identity_that_got_the_address_of_someone_else_stays_who_it_is(engine):
    a_person(engine, email="ann@example.com")
    a_person(engine, "ben", email="ben@example.com")
    known(engine)
    assert known(engine, email="ben@example.com") == "ann"


def test_a_disabled_person_is_nobody_bound_or_not(engine):
    person = a_person(engine, email="ann@example.com", is_active=False)
    with pytest.raises(UnknownPerson):
        known(engine)
    change_person(engine, person, is_active=True)
    known(engine)
    change_person(engine, person, is_active=False)
    with pytest.raises(UnknownPerson):
        known(engine)


def test_an_administrator_releases_an_identity(engine):
    person = a_person(engine, email="ann@example.com")
    known(engine)
    release = ReleaseIdentity(person_id=person, command_id=new_command_id())
    with pytest.raises(NotPermitted, match="An admin can"):
        access_for(engine, Role.MANAGER).execute(release)
    admin = access_for(engine, Role.ADMIN)
    admin.execute(release)
    assert known(engine, sub="b-18") == "ann"
    with pytest.raises(UnknownPerson):
        known(engine)
    with pytest.raises(Rejected, match="not linked"):
        admin.execute(ReleaseIdentity(person_id=admin.actor.person_id or 0, command_id=new_command_id()))


def test_one_identity_is_one_person(engine):
    for login in ("ann", "ben"):
        a_person(engine, login, email=f"{login}@example.com")
    known(engine)
    ben = known_of(
        engine, Claims("https://id.example", "b-18", "ben@example.com", is_email_verified=True), lambda: NOON
    )
    again = BindIdentity(issuer="https://id.example", subject="a-17", command_id=new_command_id())
    with pytest.raises(Rejected, match="a moment ago"):
        Access(engine, ben.actor, lambda: NOON).execute(again)
    carl = access_for(engine)
    with pytest.raises(Rejected, match="belongs to someone else"):
        carl.execute(again)
