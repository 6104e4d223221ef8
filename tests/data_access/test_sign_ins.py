"""Signing in and sessions, on both databases, and what is pruned."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from data_access.base.permissions import Permission, Role
from data_access.domain.passwords import _HASHER, DEMO_SIGN_INS, NOBODYS_HASH
from data_access.models.people import SignInAttempt, SignInSession
from data_access.store import attempts, sign_ins
from data_access.store.drafts import draft_for
from data_access.store.sign_ins import (
    DRAFTS_KEPT,
    IDLE_LASTS,
    SESSION_LASTS,
    SIGN_INS_KEPT,
    SignInRefused,
    actor_for_token,
    known_by_email,
    open_session,
    prune,
    sign_out,
)
from tests.support.sign_ins import NOON, PASSWORD, a_person, change_person

MINUTE = timedelta(minutes=1)
DEMO_PASSWORD = DEMO_SIGN_INS[0].password


def sign_in(engine: Engine, login="ann", password=PASSWORD, *, now=NOON, ip="127.0.0.1", demo=False) -> str:
    return sign_ins.sign_in(engine, login, password, ip=ip, user_agent="tests", now=now, demo=demo)


def fail(engine: Engine, times: int, **given) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefused, match="wrong"):
            sign_in(engine, password="wrong", **given)


def test_the_right_password_opens_a_session(engine):
    a_person(engine, role=Role.MANAGER)
    actor = actor_for_token(engine, sign_in(engine), NOON)
    assert actor is not None
    assert (actor.login, actor.name, actor.role) == ("ann", "Ann Example", Role.MANAGER)


def test_a_sign_in_name_is_found_whatever_its_case_and_blanks(engine):
    a_person(engine, "Ann")
    assert sign_in(engine, "  aNN ")


@pytest.mark.parametrize("login", ["ann", "nobody", "", "x" * 5000, "a\0b", "' OR 1=1 --", "😀"])
def test_a_wrong_password_and_an_unknown_name_are_refused_alike(engine, login):
    a_person(engine)
    with pytest.raises(SignInRefused, match=r"^The sign-in name or the password is wrong\.$"):
        sign_in(engine, login, "wrong")


def test_an_unknown_name_costs_as_much_as_a_wrong_password():
    assert not PasswordHasher().check_needs_rehash(NOBODYS_HASH)


def test_a_password_is_hashed_at_full_cost():
    assert not PasswordHasher().check_needs_rehash(_HASHER.hash(PASSWORD))  # as imported, before tests made it quick


def test_a_person_without_a_password_cannot_use_one(engine):
    a_person(engine, password=None)
    with pytest.raises(SignInRefused, match="wrong"):
        sign_in(engine, password="")


def test_a_disabled_person_is_refused_and_told_who_can_help(engine):
    a_person(engine, is_active=False)
    with pytest.raises(SignInRefused, match="An admin can enable it"):
        sign_in(engine)


def test_the_token_itself_is_not_stored(engine):
    a_person(engine)
    token = sign_in(engine)
    with Session(engine) as session:
        kept = session.scalars(select(SignInSession)).one()
    assert token not in vars(kept).values()


def test_too_many_failures_of_a_name_refuse_even_the_right_password_and_say_how_long(engine):
    a_person(engine)
    fail(engine, attempts.HERE)
    with pytest.raises(SignInRefused, match="Try again in 10 minutes"):
        sign_in(engine, now=NOON + 5 * MINUTE)


def test_a_refused_try_does_not_prolong_the_wait(engine):
    a_person(engine)
    fail(engine, attempts.HERE)
    with pytest.raises(SignInRefused, match="1 minute"):
        sign_in(engine, now=NOON + attempts.WITHIN - MINUTE)
    assert sign_in(engine, now=NOON + attempts.WITHIN)


def test_a_success_forgives_the_failures_of_its_name(engine):
    a_person(engine)
    fail(engine, attempts.HERE - 1)
    sign_in(engine, now=NOON + MINUTE)
    fail(engine, attempts.HERE - 1, now=NOON + 2 * MINUTE)
    assert sign_in(engine, now=NOON + 2 * MINUTE)


HOME, ELSEWHERE = "192.0.2.7", "198.51.100.9"


def test_five_wrong_passwords_lock_out_that_address_and_nobody_elsewhere(engine):
    a_person(engine)
    a_person(engine, "ben")
    fail(engine, attempts.HERE, ip=HOME)
    with pytest.raises(SignInRefused, match="Too many"):
        sign_in(engine, ip=HOME)
    assert sign_in(engine, ip=ELSEWHERE)
    assert sign_in(engine, "ben", ip=HOME)  # nor anybody else behind the same proxy


@pytest.mark.parametrize(
    ("one", "other", "is_the_same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True), ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True), ("192.0.2.7", "192.0.2.8", False), ("fe80::1%eth0", "fe80::1", True),
        ("", "", True), ("", "192.0.2.7", False), ("no address", "no address", True),
    ],
)  # fmt: skip
def test_an_address_is_counted_with_those_that_one_home_has(one, other, is_the_same):
    assert (attempts.counted_as(one) == attempts.counted_as(other)) is is_the_same


def pause(engine: Engine, login: str = "ann", *, ip: str, now=NOON) -> float:
    return sign_ins.pause_before(engine, login, ip=ip, now=now).total_seconds()


def test_guessing_a_name_from_many_addresses_is_slowed_and_refused_to_nobody(engine):
    a_person(engine)
    for number in range(attempts.UNHURRIED_NAME):
        fail(engine, 1, ip=f"10.0.0.{number}")
    assert pause(engine, ip=ELSEWHERE) == 0
    fail(engine, 1, ip="10.0.1.1")
    assert 0 < pause(engine, ip=ELSEWHERE) < attempts.LONGEST_PAUSE.total_seconds()
    for number in range(20):
        fail(engine, 1, ip=f"10.0.2.{number}")
    assert pause(engine, ip=ELSEWHERE) == attempts.LONGEST_PAUSE.total_seconds()
    assert pause(engine, ip=ELSEWHERE, now=NOON + attempts.WITHIN) == 0
    assert sign_in(engine, ip=ELSEWHERE)


def test_guessing_many_names_from_one_address_is_slowed(engine):
    for number in range(attempts.UNHURRIED_ADDRESS):
        fail(engine, 1, login=f"name{number}", ip=HOME)
    assert pause(engine, "another", ip=HOME) == 0
    fail(engine, 1, login="one more", ip=HOME)
    assert pause(engine, "another", ip=HOME) > 0
    assert pause(engine, "another", ip=ELSEWHERE) == 0


def test_who_signed_in_from_here_before_is_never_slowed(engine):
    a_person(engine)
    sign_in(engine, ip=HOME, now=NOON - timedelta(days=20))
    for number in range(30):
        fail(engine, 1, ip=f"10.0.0.{number}")
    assert pause(engine, ip=HOME) == 0
    assert pause(engine, ip=ELSEWHERE) > 0


def test_many_wrong_tries_at_once_get_no_further_than_one_after_the_other(engine):
    a_person(engine)

    def refused(_: int) -> str:
        with pytest.raises(SignInRefused) as refusal:
            sign_in(engine, password="wrong")
        return str(refusal.value)

    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(refused, range(8)))
    assert sum("wrong" in answer for answer in answers) == attempts.HERE


def test_the_published_password_opens_nothing_outside_the_demo(engine):
    a_person(engine, "support", password=DEMO_PASSWORD)
    with pytest.raises(SignInRefused, match="Demo sign-ins"):
        sign_in(engine, "support", DEMO_PASSWORD, demo=False)


@pytest.mark.parametrize("ip", ["192.0.2.7", "", "no address"])
def test_a_demo_sign_in_works_on_the_computer_that_runs_it_only(engine, ip):
    a_person(engine, "support", password=DEMO_PASSWORD)
    with pytest.raises(SignInRefused, match="Demo sign-ins"):
        sign_in(engine, "support", DEMO_PASSWORD, demo=True, ip=ip)
    assert sign_in(engine, "support", DEMO_PASSWORD, demo=True, ip="::1")


def test_a_session_ends_after_half_a_day_however_busy(engine):
    token = open_session(engine, a_person(engine), NOON)
    now = NOON
    while now < NOON + SESSION_LASTS - IDLE_LASTS:
        now += IDLE_LASTS - MINUTE
        assert actor_for_token(engine, token, now)
    assert actor_for_token(engine, token, NOON + SESSION_LASTS - MINUTE)
    assert actor_for_token(engine, token, NOON + SESSION_LASTS) is None


def test_a_session_ends_when_it_is_not_used(engine):
    token = open_session(engine, a_person(engine), NOON)
    assert actor_for_token(engine, token, NOON + IDLE_LASTS) is None


def test_the_last_look_is_noted_once_a_minute(engine):
    token = open_session(engine, a_person(engine), NOON)
    for seconds in (30, 59, 60, 61):
        actor_for_token(engine, token, NOON + timedelta(seconds=seconds))
    with Session(engine) as session:
        assert session.scalars(select(SignInSession.last_seen_at)).one() == NOON + MINUTE


def test_signing_out_ends_that_session_alone(engine):
    person = a_person(engine)
    here, elsewhere = open_session(engine, person, NOON), open_session(engine, person, NOON)
    sign_out(engine, here, NOON)
    assert actor_for_token(engine, here, NOON) is None
    assert actor_for_token(engine, elsewhere, NOON)


@pytest.mark.parametrize("token", ["", "unknown", "x" * 10_000, "é"])
def test_an_unknown_token_is_nobody(engine, token):
    open_session(engine, a_person(engine), NOON)
    assert actor_for_token(engine, token, NOON) is None


def test_a_role_taken_away_is_gone_at_the_next_look(engine):
    person = a_person(engine, role=Role.ADMIN)
    token = open_session(engine, person, NOON)
    change_person(engine, person, role=Role.ANALYST)
    actor = actor_for_token(engine, token, NOON)
    assert actor is not None
    assert not actor.may(Permission.PEOPLE_MANAGE)


def test_a_disabled_person_is_out_at_the_next_look(engine):
    person = a_person(engine)
    token = open_session(engine, person, NOON)
    change_person(engine, person, is_active=False)
    assert actor_for_token(engine, token, NOON) is None


def test_a_further_right_of_a_person_counts(engine):
    token = open_session(engine, a_person(engine, role=Role.ANALYST, extra_grants="personal:read note:write"), NOON)
    actor = actor_for_token(engine, token, NOON)
    assert actor is not None
    assert actor.extra_grants == {Permission.PERSONAL_READ, Permission.NOTE_WRITE}


def found(engine: Engine, email: str) -> int | None:
    known = known_by_email(engine, email)
    return None if known is None else known.actor.person_id


def test_a_person_is_found_by_mail_address_whatever_its_case(engine):
    person = a_person(engine, email="Ann@Example.com")
    assert found(engine, " ann@example.COM") == person


def test_a_mail_address_of_two_people_of_a_disabled_or_a_bound_one_is_nobodys(engine):
    a_person(engine, "ann", email="shared@example.com")
    a_person(engine, "ben", email="shared@example.com")
    a_person(engine, "cat", email="cat@example.com", is_active=False)
    change_person(engine, a_person(engine, "dan", email="dan@example.com"), oidc_issuer="i", oidc_subject="s")
    for email in ("shared@example.com", "cat@example.com", "dan@example.com", ""):
        assert found(engine, email) is None


def test_a_successful_attempt_is_kept_as_one(engine):
    a_person(engine)
    fail(engine, 1)
    sign_in(engine, now=NOON + MINUTE)
    with Session(engine) as session:
        assert session.scalars(select(SignInAttempt.succeeded).order_by(SignInAttempt.id)).all() == [False, True]


def left(engine: Engine) -> list[int]:
    with Session(engine) as session:
        counted = (session.scalar(select(func.count()).select_from(model)) for model in (SignInSession, SignInAttempt))
        return [count or 0 for count in counted]


def test_what_is_over_for_long_is_pruned_and_nothing_else(engine):
    person = a_person(engine)
    sign_in(engine)
    late = NOON + SESSION_LASTS + SIGN_INS_KEPT
    draft = draft_for(engine, person, "adjust", "old", NOON)
    fresh = draft_for(engine, person, "adjust", "fresh", late)
    token = sign_in(engine, now=late)
    assert prune(engine, late) == 2  # the attempt and the draft; the session is over for 90 days, not for longer
    assert prune(engine, late + MINUTE) == 1
    assert left(engine) == [1, 1]
    assert actor_for_token(engine, token, late + MINUTE) is not None
    assert draft_for(engine, person, "adjust", "fresh", late).command_id == fresh.command_id
    assert draft_for(engine, person, "adjust", "old", late).command_id != draft.command_id


def test_one_call_prunes_a_bounded_number(engine, monkeypatch):
    monkeypatch.setattr(sign_ins, "PRUNED_AT_ONCE", 2)
    person = a_person(engine)
    for number in range(5):
        draft_for(engine, person, "adjust", str(number), NOON)
    late = NOON + DRAFTS_KEPT + MINUTE
    assert [prune(engine, late) for _ in range(4)] == [2, 2, 1, 0]
