"""Ending sessions: all of your own, or anybody's by an administrator."""

from dataclasses import dataclass
from typing import ClassVar

from data_access.base.permissions import Permission
from data_access.models.people import Person, SignInSession
from data_access.store.access import Command
from data_access.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class SessionsEnded:
    person_id: int
    ended: int


@dataclass(frozen=True, kw_only=True)
class EndOwnSessions(Command[SessionsEnded]):
    """Signs whoever asks out everywhere, here too."""

    needs: ClassVar = Permission.CUSTOMER_READ  # every role has it: whoever may sign in may sign out
    result_type: ClassVar = SessionsEnded

    def apply(self, work: UnitOfWork) -> SessionsEnded:
        return _end(work, work.actor.person_id or 0)


@dataclass(frozen=True, kw_only=True)
class EndSessions(Command[SessionsEnded]):
    """Signs a person out everywhere; they can sign in again."""

    needs: ClassVar = Permission.PEOPLE_MANAGE
    result_type: ClassVar = SessionsEnded

    person_id: int

    def apply(self, work: UnitOfWork) -> SessionsEnded:
        return _end(work, self.person_id)


def _end(work: UnitOfWork, person_id: int) -> SessionsEnded:
    person = work.lock(Person, person_id, called="The person")
    return SessionsEnded(person.id, end_sessions(work, person.id))


def end_sessions(work: UnitOfWork, person_id: int) -> int:
    """Ends the sessions of a person whose row is locked, with the command and not after it; how many there were."""
    still_open = work.select(SignInSession).where(
        SignInSession.person_id == person_id, SignInSession.ended_at.is_(None)
    )
    found = work.session.scalars(still_open.with_for_update()).all()
    for session in found:
        session.ended_at = work.now
    return len(found)
