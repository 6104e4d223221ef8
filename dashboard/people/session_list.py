"""Where a person is signed in, as a table, and the button that signs them out everywhere."""

import streamlit as st

from dashboard.kit import context, formats, viewer
from dashboard.kit.forms.forms import Form
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.clock import system_clock
from data_access.commands.people.sessions import EndOwnSessions, EndSessions
from data_access.queries.people.people import PersonRow
from data_access.queries.people.sessions import OwnSessions, SessionRow, SessionsOf
from data_access.store.access import Access

OWN, OF = "end_own_sessions", "end_sessions"
_LABEL = "Sign out everywhere"
_HERE = "This browser"
# The first that is found in what a browser calls itself: each names those before it, which came earlier, as well.
_BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
_SYSTEMS = {
    "Windows": "Windows", "Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Mac OS": "macOS", "Linux": "Linux",
}  # fmt: skip


def own(access: Access) -> None:
    """One's own sessions; the one of this browser is named. Signing out ends this one too."""
    _table(access.fetch(OwnSessions(system_clock())))
    form = Form(access, OWN)
    if st.button(_LABEL, type="primary", key=form.key("go"), help="Here too: sign in again afterwards."):
        form.save(EndOwnSessions(command_id=form.command_id), lambda done: _said("You are", done.ended))


def of(access: Access, person: PersonRow) -> None:
    """The sessions of a person, for an administrator."""
    rows = access.fetch(SessionsOf(person.id, system_clock()))
    if not rows:
        st.text("Not signed in anywhere.")
        return
    _table(rows)
    form = Form(access, OF, person.id)
    if st.button(_LABEL, key=form.key("go"), help="They can sign in again; to prevent that, disable the person."):
        order = EndSessions(person_id=person.id, command_id=form.command_id)
        form.save(order, lambda done: _said(f"{person.login} is", done.ended))


def _said(who: str, ended: int) -> str:
    return f"{who} signed out everywhere: {formats.counted(ended, 'session')} ended."


def _table(rows: tuple[SessionRow, ...]) -> None:
    here = context.own_session()
    columns: Columns[SessionRow] = (
        Column("Browser", lambda row: f"{f'{_HERE} · ' if row.id == here else ''}{browser(row.user_agent)}"),
        Column("Address", lambda row: row.ip or "unknown"),
        Column("Signed in", lambda row: viewer.moment(row.created_at)),
        Column("Last used", lambda row: viewer.moment(row.last_seen_at)),
        Column("Ends at the latest", lambda row: viewer.moment(row.expires_at)),
    )
    table(rows, columns, alt=f"{formats.counted(len(rows), 'browser')} signed in.")


def browser(agent: str) -> str:
    """What a browser calls itself, as people call it: “Firefox on Windows”; its own words where they are others."""
    name = next((word for mark, word in _BROWSERS.items() if mark in agent), "")
    system = next((word for mark, word in _SYSTEMS.items() if mark in agent), "")
    return f"{name} on {system}" if name and system else agent or "an unknown browser"
