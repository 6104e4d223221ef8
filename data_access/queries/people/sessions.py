"""Who is signed in where: your own sessions, and anybody's for an administrator."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from data_access.base.permissions import Permission
from data_access.models.people import SignInSession
from data_access.store.access import Query, Reader
from data_access.store.scope import visible
from data_access.store.sign_ins import IDLE_LASTS

_MOST = 100


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One browser that is signed in."""

    id: int
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ip: str
    user_agent: str


@dataclass(frozen=True)
class OwnSessions(Query[tuple[SessionRow, ...]]):
    """Where whoever asks is signed in, the last used first; at most 100. `at` is by the clock of the sign-ins."""

    needs: ClassVar = Permission.CUSTOMER_READ  # every role has it: whoever may sign in may see this

    at: datetime

    def run(self, reader: Reader) -> tuple[SessionRow, ...]:
        return _open(reader, reader.actor.person_id or 0, self.at)


@dataclass(frozen=True)
class SessionsOf(Query[tuple[SessionRow, ...]]):
    """Where a person is signed in, the last used first; at most 100. `at` is by the clock of the sign-ins."""

    needs: ClassVar = Permission.PEOPLE_MANAGE

    person_id: int
    at: datetime

    def run(self, reader: Reader) -> tuple[SessionRow, ...]:
        return _open(reader, self.person_id, self.at)


def _open(reader: Reader, person_id: int, at: datetime) -> tuple[SessionRow, ...]:
    held = SignInSession
    rows = reader.session.execute(
        visible(held, reader.actor)
        .where(held.person_id == person_id, held.ended_at.is_(None))
        .where(held.expires_at > at, held.last_seen_at > at - IDLE_LASTS)
        .with_only_columns(held.id, held.created_at, held.last_seen_at, held.expires_at, held.ip, held.user_agent)
        .order_by(held.last_seen_at.desc(), held.id)
        .limit(_MOST)
    )
    return tuple(SessionRow(**row) for row in rows.mappings())
