"""The write path of sign-ins: people's sessions and attempts. Business data is never written here."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address

from sqlalchemy import ColumnElement, Engine, bindparam, delete, func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from data_access.base.engine import Door, write_turn
from data_access.base.errors import Busy
from data_access.base.permissions import Actor, Permission, Role, who_can
from data_access.base.text.text_keys import fold
from data_access.domain.passwords import is_published, matches
from data_access.models.people import Draft, Person, SignInAttempt, SignInSession
from data_access.store import attempts
from data_access.store.attempts import SignInRefused

SESSION_LASTS = timedelta(hours=12)
IDLE_LASTS = timedelta(hours=2)
SEEN_EVERY = timedelta(minutes=1)
SIGN_INS_KEPT = timedelta(days=90)  # the trace of who signed in, and of who tried
DRAFTS_KEPT = timedelta(days=30)
PRUNED_AT_ONCE = 1_000
LOGIN_LENGTH, AGENT_LENGTH = 160, 200


class OwnPasswordFirst(SignInRefused):
    """The password is right, but someone else made it: its owner chooses another before anything else."""

    code = "own_password_first"

    def __init__(self) -> None:
        super().__init__("Your password was made by someone else. Choose one of your own to sign in.")


@dataclass(frozen=True, slots=True)
class Known:
    """Who proved to be someone of ours, and the version of their row at that moment."""

    actor: Actor
    version: int


@contextmanager
def door(engine: Engine) -> Iterator[Session]:
    """A session that may write what is not business; committed at its end."""
    door = Door(is_open=True)
    with write_turn(engine), Session(engine.execution_options(door=door)) as session, session.begin():
        yield session


def sign_in(engine: Engine, login: str, password: str, *, ip: str, user_agent: str, now: datetime, demo: bool) -> str:
    """The token of a new session; OwnPasswordFirst while the password is not the person's own.

    Takes a quarter of a second on purpose: call it in a thread.
    """
    person = _identified(engine, login, password, ip=ip, now=now, demo=demo)
    if person.must_change_password:
        raise OwnPasswordFirst
    return open_session(engine, person.id, now, version=person.version, ip=ip, user_agent=user_agent)


def identify(engine: Engine, login: str, password: str, *, ip: str, now: datetime, demo: bool) -> Known:
    """Who has this name and password, refused and counted like a sign-in; opens no session."""
    person = _identified(engine, login, password, ip=ip, now=now, demo=demo)
    return Known(actor_of(person), person.version)


def _identified(engine: Engine, login: str, password: str, *, ip: str, now: datetime, demo: bool) -> Person:
    attempt_id, person = _claim_attempt(engine, _login_key(login), ip=ip, now=now)
    is_right = matches(person.password_hash if person else None, password)
    if person is None or not is_right:
        raise SignInRefused("The sign-in name or the password is wrong.")
    if is_published(password) and not (demo and _is_loopback(ip)):
        raise SignInRefused("Demo sign-ins work in the demo only, on the computer that runs it.")
    if not person.is_active:
        raise SignInRefused(
            f"This sign-in is disabled. {who_can(Permission.PEOPLE_MANAGE).capitalize()} can enable it."
        )
    note_success(engine, attempt_id)
    return person


def claim_attempt(engine: Engine, login_key: str, *, ip: str, now: datetime) -> int:
    """Counts a try as a failure until it succeeds; SignInRefused after too many from this address."""
    with door(engine) as session:
        return _claimed(session, login_key, ip=ip, now=now)


def note_success(engine: Engine, attempt_id: int) -> None:
    """The try of this id was right."""
    with door(engine) as session:
        session.execute(update(SignInAttempt).where(SignInAttempt.id == attempt_id).values(succeeded=True))


def _claimed(session: Session, login_key: str, *, ip: str, now: datetime) -> int:
    attempts.refuse_too_many(session, login_key, ip=ip, now=now)
    attempt = SignInAttempt(login_key=login_key, ip=attempts.counted_as(ip), at=now, succeeded=False)
    session.add(attempt)
    session.flush()
    return attempt.id


def _login_key(login: str) -> str:
    return fold(login).replace("\0", "")[:LOGIN_LENGTH]


def _is_loopback(ip: str) -> bool:
    with suppress(ValueError):
        return ip_address(ip).is_loopback
    return False


def _claim_attempt(engine: Engine, login_key: str, *, ip: str, now: datetime) -> tuple[int, Person | None]:
    with door(engine) as session:
        person = session.scalar(select(Person).where(Person.login_key == login_key).with_for_update())
        attempt_id = _claimed(session, login_key, ip=ip, now=now)
        session.expunge_all()
        return attempt_id, person


def pause_before(engine: Engine, login: str, *, ip: str, now: datetime) -> timedelta:
    """How long a try to sign in waits before it is judged; the caller waits, in whatever way suits it."""
    with Session(engine) as session:
        return attempts.pause_before(session, _login_key(login), ip=ip, now=now)


def _hashed(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def open_session(
    engine: Engine, person_id: int, now: datetime, *, version: int | None = None, ip: str = "", user_agent: str = ""
) -> str:
    """The token of a new session; only its hash is stored.

    SignInRefused for who was disabled, or with `version` in any way changed, since they were judged: what ended the
    sessions of that moment must not be outrun by one that is just being opened.
    """
    token = secrets.token_urlsafe(32)
    with door(engine) as session:
        person = session.scalar(select(Person).where(Person.id == person_id, Person.is_active).with_for_update())
        if person is None or version not in (None, person.version):
            raise SignInRefused("Your sign-in was changed a moment ago. Try again.")
        session.add(
            SignInSession(
                token_hash=_hashed(token),
                person_id=person_id,
                created_at=now,
                last_seen_at=now,
                expires_at=now + SESSION_LASTS,
                user_agent=user_agent[:AGENT_LENGTH],
                ip=ip,
            )
        )
    return token


_HELD = (
    select(SignInSession, Person)
    .join(Person, Person.id == SignInSession.person_id)
    .where(SignInSession.token_hash == bindparam("token_hash"), SignInSession.ended_at.is_(None), Person.is_active)
    .where(SignInSession.expires_at > bindparam("now"), SignInSession.last_seen_at > bindparam("idle_since"))
)


def actor_for_token(engine: Engine, token: str, now: datetime) -> Actor | None:
    """Who holds the session, with the role and rights of this moment; None when it is over or they are disabled."""
    with Session(engine) as session:
        asked = {"token_hash": _hashed(token), "now": now, "idle_since": now - IDLE_LASTS}
        found = session.execute(_HELD, asked).one_or_none()
    if found is None:
        return None
    held, person = found
    if now - held.last_seen_at >= SEEN_EVERY:
        _note_seen(engine, held.id, now)
    return actor_of(person)


ACTS_AS = (Person.id, Person.login, Person.name, Person.role, Person.extra_grants, Person.reseller_id)


def actor_of(person: Person) -> Actor:
    """A person as the rules see them."""
    return Actor(
        person_id=person.id,
        login=person.login,
        name=person.name,
        role=Role(person.role),
        extra_grants=frozenset(right for right in Permission if right in person.extra_grants.split()),
        reseller_id=person.reseller_id,
    )


def _note_seen(engine: Engine, session_id: int, now: datetime) -> None:
    # A database that is busy writing must not turn a reader away: the next look notes it.
    with suppress(Busy, OperationalError), door(engine) as session:
        session.execute(update(SignInSession).where(SignInSession.id == session_id).values(last_seen_at=now))


def sign_out(engine: Engine, token: str, now: datetime) -> None:
    """Ends the session of a token, if it has one."""
    this = update(SignInSession).where(SignInSession.token_hash == _hashed(token), SignInSession.ended_at.is_(None))
    with door(engine) as session:
        session.execute(this.values(ended_at=now))


def session_of(engine: Engine, token: str) -> int | None:
    """The id of the session that a token belongs to, so that one's own can be told in a list."""
    with Session(engine) as session:
        return session.scalar(select(SignInSession.id).where(SignInSession.token_hash == _hashed(token)))


def has_people(engine: Engine) -> bool:
    """Whether anyone could sign in."""
    with Session(engine) as session:
        return session.scalar(select(Person.id).limit(1)) is not None


def known_by_identity(engine: Engine, issuer: str, subject: str) -> Known | None:
    """The active person who is bound to an identity of single sign-on."""
    return _known(engine, Person.oidc_issuer == issuer, Person.oidc_subject == subject)


def known_by_email(engine: Engine, email: str) -> Known | None:
    """The active person with an e-mail address who is bound to no identity yet; None if there is none, or several."""
    return _known(engine, func.lower(Person.email) == email.strip().lower(), Person.oidc_subject.is_(None))


def _known(engine: Engine, *which: ColumnElement[bool]) -> Known | None:
    with Session(engine) as session:
        found = session.scalars(select(Person).where(*which, Person.is_active).limit(2)).all()
        return Known(actor_of(found[0]), found[0].version) if len(found) == 1 else None


def prune(engine: Engine, now: datetime) -> int:
    """Deletes old sessions that are over, old attempts and drafts left lying, up to 1,000 of a kind; how many went."""
    over_for = now - SIGN_INS_KEPT
    with door(engine) as session:
        return (
            _delete(session, SignInSession, SignInSession.expires_at < over_for)
            + _delete(session, SignInAttempt, SignInAttempt.at < over_for)
            + _delete(session, Draft, Draft.updated_at < now - DRAFTS_KEPT)
        )


def _delete(session: Session, model: type[SignInSession | SignInAttempt | Draft], which: ColumnElement[bool]) -> int:
    some = session.scalars(select(model.id).where(which).order_by(model.id).limit(PRUNED_AT_ONCE)).all()
    session.execute(delete(model).where(model.id.in_(some)))
    return len(some)
