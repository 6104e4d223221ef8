"""Passwords that are chosen, and who has to choose one."""

import pytest

from data_access.base.permissions import PEOPLE_ROLES, Role
from data_access.commands.people.people import AddPerson, ChangeOwnPassword, ResetPassword
from data_access.domain.passwords import DEMO_SIGN_INS, LONGEST, SHORTEST, hash_password, matches, unfit
from data_access.store import attempts, sign_ins
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_reseller
from tests.support.people import access_for
from tests.support.sign_ins import NOON, PASSWORD, a_person, change_person, hashed

OWN = "a horse of my own"


def sign_in(engine, login="ann", password=PASSWORD):
    return sign_ins.sign_in(engine, login, password, ip="127.0.0.1", user_agent="", now=NOON, demo=False)


def identify(engine, password=PASSWORD):
    return sign_ins.identify(engine, "ann", password, ip="127.0.0.1", now=NOON, demo=False)


def choose(engine, password=PASSWORD, chosen=OWN):
    known = identify(engine, password)
    order = ChangeOwnPassword(version=known.version, password_hash=hashed(chosen), command_id=new_command_id())
    return Access(engine, known.actor, lambda: NOON).execute(order)


def test_a_password_made_by_someone_else_opens_no_session(engine):
    a_person(engine, must_change_password=True)
    with pytest.raises(sign_ins.OwnPasswordFirst, match="Choose one of your own"):
        sign_in(engine)


def test_a_wrong_password_is_not_told_that_another_has_to_be_chosen(engine):
    a_person(engine, must_change_password=True)
    with pytest.raises(sign_ins.SignInRefused, match=r"name or the password is wrong"):
        sign_in(engine, password="a guess of someone")


@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_the_password_that_a_person_of_any_role_chose_signs_in(engine, role):
    a_person(engine, must_change_password=True, role=role)
    choose(engine)
    assert sign_ins.actor_for_token(engine, sign_in(engine, password=OWN), NOON) is not None
    with pytest.raises(sign_ins.SignInRefused, match="wrong"):
        sign_in(engine)


def test_who_belongs_to_a_reseller_can_choose_too(engine):
    change_person(engine, a_person(engine), reseller_id=a_reseller(engine))
    assert choose(engine).login == "ann"


@pytest.mark.parametrize("order", ["add", "reset"])
def test_what_an_admin_gives_has_to_be_changed(engine, order):
    admin = access_for(engine, Role.ADMIN)
    if order == "add":
        secret = hashed(PASSWORD)
        admin.execute(AddPerson(login="ann", name="Ann", role="support", password_hash=secret, command_id="a"))
    else:
        person_id = a_person(engine, password=OWN)
        admin.execute(ResetPassword(person_id=person_id, password_hash=hashed(PASSWORD), command_id="r"))
    with pytest.raises(sign_ins.OwnPasswordFirst):
        sign_in(engine)


def test_who_is_signed_in_by_their_organisation_needs_no_password(engine):
    person_id = a_person(engine, must_change_password=True)
    token = sign_ins.open_session(engine, person_id, NOON)
    assert sign_ins.actor_for_token(engine, token, NOON) is not None


def test_a_guess_of_the_password_is_counted_like_a_sign_in(engine):
    a_person(engine)
    for _ in range(attempts.HERE):
        with pytest.raises(sign_ins.SignInRefused, match="wrong"):
            identify(engine, "a guess of someone")
    with pytest.raises(sign_ins.SignInRefused, match="Too many"):
        identify(engine)


@pytest.mark.parametrize(
    ("chosen", "says"),
    [
        ("x" * (SHORTEST - 1), "at least 12"),
        ("x" * (LONGEST + 1), "at most 200"),
        (PASSWORD, "you have now"),
        *((demo.password, "published") for demo in DEMO_SIGN_INS if len(demo.password) >= SHORTEST),
    ],
)
def test_a_password_that_is_no_better_is_refused_with_the_reason(chosen, says):
    assert says in (unfit(chosen, now=PASSWORD) or "")


@pytest.mark.parametrize("chosen", ["x" * SHORTEST, "x" * LONGEST, "пароль 😀 длинный", " " * 6 + "blanks"])
def test_any_other_may_be_chosen_and_matches_itself_alone(chosen):
    assert unfit(chosen, now=PASSWORD) is None
    assert matches(hash_password(chosen), chosen)
    assert not matches(hash_password(chosen), chosen + " ")
