"""Drafts: the input of a form so far, its revision, and the result of its last command."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, Engine, Row, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from data_access.models.history import CommandLog
from data_access.models.people import Draft
from data_access.store.sign_ins import door

OWN = "#"  # begins the names of what a form keeps beside its fields


@dataclass(frozen=True, slots=True)
class LastCommand:
    """The last command that the form sent: when it was executed and how that was told; blank where nobody could."""

    command_id: str
    at: datetime
    said: str
    is_told: bool


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A form as it was left, and the id that its command will carry. `began_at`: when the first field was typed."""

    id: int
    command_id: str
    revision: int
    typed: Mapping[str, Any]
    began_at: datetime | None
    updated_at: datetime
    last: LastCommand | None

    @property
    def fields(self) -> dict[str, Any]:
        """What was typed, without what the form keeps beside it."""
        return _fields(self.typed)


def _fields(typed: Mapping[str, Any]) -> dict[str, Any]:
    return {name: text for name, text in typed.items() if not name.startswith(OWN)}


def draft_for(engine: Engine, person_id: int, form: str, subject: str, now: datetime) -> KeptDraft:
    """The person's draft of a form about a subject, made on the first look.

    One whose command was executed without an answer is renewed here, with that command as its last.
    """
    found = _found(engine, person_id, form, subject)
    if found is None:
        _make(engine, person_id, form, subject, now)
        return draft_for(engine, person_id, form, subject, now)
    row, executed_at = found
    draft = _kept(row)
    if executed_at is None:
        return draft
    done = LastCommand(draft.command_id, executed_at, "", is_told=False)
    renew(engine, draft, now, done=done)
    return draft_for(engine, person_id, form, subject, now)


def _found(engine: Engine, person_id: int, form: str, subject: str) -> Row[Draft, datetime | None] | None:
    query = (
        select(Draft, CommandLog.at)
        .outerjoin(CommandLog, CommandLog.id == Draft.command_id)
        .where(Draft.person_id == person_id, Draft.form == form, Draft.subject == subject)
    )
    with Session(engine) as session:
        return session.execute(query).one_or_none()


def _make(engine: Engine, person_id: int, form: str, subject: str, now: datetime) -> None:
    row = {"person_id": person_id, "form": form, "subject": subject}
    empty = {"command_id": str(uuid4()), "typed": {}, "updated_at": now}
    with suppress(IntegrityError), door(engine) as session:  # two tabs at once: the first one's draft is both's
        session.execute(insert(Draft).values(**row, **empty))


def _kept(row: Draft) -> KeptDraft:
    last = None
    if row.last_command_id is not None and row.last_at is not None:
        last = LastCommand(row.last_command_id, row.last_at, row.last_said, row.last_told)
    return KeptDraft(row.id, row.command_id, row.revision, row.typed, row.began_at, row.updated_at, last)


def keep(engine: Engine, draft: KeptDraft, typed: Mapping[str, Any], now: datetime) -> KeptDraft | None:
    """The draft with what is typed now, at its next revision; None, and nothing kept, if it has changed since."""
    began_at = (draft.began_at or now) if _fields(typed) else None
    after = replace(draft, typed=dict(typed), revision=draft.revision + 1, began_at=began_at, updated_at=now)
    content = {name: getattr(after, name) for name in ("typed", "revision", "began_at", "updated_at")}
    this = update(Draft).where(*_this(draft), Draft.revision == draft.revision)
    with door(engine) as session:
        kept = session.connection().execute(this.values(**content))
    return after if kept.rowcount else None


def _this(draft: KeptDraft) -> list[ColumnElement[bool]]:
    return [Draft.id == draft.id, Draft.command_id == draft.command_id]


def renew(
    engine: Engine,
    draft: KeptDraft,
    now: datetime,
    *,
    done: LastCommand | None = None,
    typed: Mapping[str, Any] | None = None,
) -> None:
    """Begins again under a new command id, with `typed` or empty; nothing if that happened already.

    What was typed elsewhere since the draft was read stays: after a command that was done, under the new id.
    """
    begun = dict(typed or {})
    fresh: dict[str, Any] = {"command_id": str(uuid4()), "revision": Draft.revision + 1, "updated_at": now}
    if done is not None:
        fresh |= {"last_command_id": done.command_id, "last_at": done.at, "last_said": done.said, "last_told": False}
    empty = {"typed": begun, "began_at": now if _fields(begun) else None}
    with door(engine) as session:
        this = update(Draft).where(*_this(draft))
        renewed = session.connection().execute(this.where(Draft.revision == draft.revision).values(**fresh, **empty))
        if renewed.rowcount == 0 and done is not None:
            session.execute(this.values(**fresh))


def acknowledge(engine: Engine, person_id: int, command_ids: Iterable[str]) -> None:
    """Notes that the person has read what these commands did."""
    told = update(Draft).where(Draft.person_id == person_id, Draft.last_command_id.in_(list(command_ids)))
    with door(engine) as session:
        session.execute(told.values(last_told=True))
