"""Sight: what this browser tab has seen of a form's draft, so that it notices what another tab did to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import streamlit as st

from dashboard.kit import receipts, viewer
from data_access.queries.audit.done import WhatWasDone
from data_access.store import drafts
from data_access.store.access import Access
from data_access.store.drafts import KeptDraft, LastCommand

YES = "yes"
_TO_ACKNOWLEDGE = "forms-to-acknowledge"
_STARTED_OVER = "You started over in another tab: this form starts again, with what is stored."
CHANGED = "You also typed into this form in another tab. Check it before you continue."


@dataclass(frozen=True, slots=True)
class SeenField:
    """A field as this tab drew it last: the key of its widget, and its text."""

    key: str
    text: str


@dataclass(slots=True)
class Sight:
    """The draft as this tab saw it last, and what is open between this tab and others.

    `conflicts` hold what another tab typed into a field that was changed here too; `chosen` what a click chose here.
    `held`: fields that were reviewed here, so that what another tab typed into them is never taken unasked.
    `kept_from`: when the draft was begun that the form found at its first drawing and nobody has gone on with yet.
    """

    draft: KeptDraft
    fields: dict[str, SeenField] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=dict)
    conflicts: dict[str, str] = field(default_factory=dict)
    chosen: dict[str, str] = field(default_factory=dict)
    held: frozenset[str] = frozenset()
    kept_from: datetime | None = None
    is_reviewed: bool = False
    showed: tuple[str, ...] = ()
    news: str = ""


@dataclass(frozen=True, slots=True)
class TabView:
    """What a tab sees now. `is_first`: the form was not on its screen before. `is_behind`: it showed something else."""

    sight: Sight
    is_first: bool
    is_behind: bool


def look(access: Access, name: str, subject: str) -> TabView:
    """The draft of a form as it stands now, beside what this tab saw of it."""
    draft = drafts.draft_for(access.engine, access.actor.person_id or 0, name, subject, access.now())
    before: Sight | None = st.session_state.get(_key(name, subject))
    if before is None or not is_drawn(name, subject):
        return TabView(_keep(name, subject, _first(access, draft)), is_first=True, is_behind=False)
    was, before.draft = before.draft, draft
    before.held = frozenset()
    if (draft.command_id, draft.revision) == (was.command_id, was.revision):
        return TabView(before, is_first=False, is_behind=False)
    if draft.command_id == was.command_id:
        before.news, before.held = CHANGED, frozenset(before.fields if before.is_reviewed else ())
    else:
        before.news, before.kept_from = _what_became_of(access, was, draft), None
    before.is_reviewed = False
    return TabView(before, is_first=False, is_behind=True)


def _key(name: str, subject: str) -> str:
    return f"sight-{name}-{subject}"


def is_drawn(name: str, subject: str) -> bool:
    """Whether the form stands on this tab's screen: Streamlit forgets the widgets of what is gone."""
    return any(str(key).startswith(prefix(name, subject)) for key in st.session_state)


def prefix(name: str, subject: str) -> str:
    """What the keys of a form's widgets begin with."""
    return f"{name}-{subject}-"


def _keep(name: str, subject: str, sight: Sight) -> Sight:
    st.session_state[_key(name, subject)] = sight
    return sight


def _first(access: Access, draft: KeptDraft) -> Sight:
    sight = Sight(draft, kept_from=draft.began_at)
    if draft.last is not None and not draft.last.is_told:
        if not receipts.has_shown(draft.last.command_id):
            sight.news = _done(access, draft.last)
        will_be_read(draft.last.command_id)
    return sight


def _what_became_of(access: Access, was: KeptDraft, draft: KeptDraft) -> str:
    if draft.last is None or draft.last == was.last:
        return _STARTED_OVER
    will_be_read(draft.last.command_id)
    return _done(access, draft.last)


def _done(access: Access, last: LastCommand) -> str:
    said = last.said or access.fetch(WhatWasDone(last.command_id))
    return f"Already done, on {viewer.moment(last.at)}: {said} Nothing was done again; the form starts over."


def begin_again(
    access: Access, name: str, subject: str, used: KeptDraft, done: LastCommand, typed: Mapping[str, str]
) -> None:
    """After a command that this tab sent and whose result it is about to tell."""
    drafts.renew(access.engine, used, access.now(), done=done, typed=typed)
    draft = drafts.draft_for(access.engine, access.actor.person_id or 0, name, subject, access.now())
    _keep(name, subject, Sight(draft))


def start_over(access: Access, name: str, subject: str, used: KeptDraft) -> None:
    """Discards what this tab has seen typed; what another tab typed since stays, and is shown first."""
    drafts.renew(access.engine, used, access.now())
    draft = drafts.draft_for(access.engine, access.actor.person_id or 0, name, subject, access.now())
    if draft.command_id != used.command_id:
        _keep(name, subject, Sight(draft))


def will_be_read(command_id: str) -> None:
    """What this command did is said in this run."""
    st.session_state[_TO_ACKNOWLEDGE] = [*st.session_state.get(_TO_ACKNOWLEDGE, []), command_id]


def ask_for_receipts() -> None:
    """At the end of a run: the browser is to note what was told in it."""
    receipts.ask_for(st.session_state.get(_TO_ACKNOWLEDGE, []))


def acknowledge(access: Access) -> None:
    """At the begin of a run: what was told by the one before has been read, for there was somebody to ask for this."""
    if told := st.session_state.pop(_TO_ACKNOWLEDGE, []):
        drafts.acknowledge(access.engine, access.actor.person_id or 0, told)


def as_text(value: Any) -> str:
    """What a widget holds, as a draft keeps it."""
    match value:
        case None | False:
            return ""
        case True:
            return YES
        case date():
            return value.isoformat()
        case list() | tuple():
            return " ".join(sorted(map(str, value)))
    return str(value)
