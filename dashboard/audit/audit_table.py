"""The tables of the audit log: what was done, and which fields that changed."""

from typing import TypeVar

import streamlit as st

from dashboard.audit.audit_bar import FIELDS, VIEW
from dashboard.kit import cache, formats, viewer
from dashboard.kit.addresses.pager import asked_place, pager
from dashboard.kit.charts.chart import Lead
from dashboard.kit.tables.table import Click, Column, Columns, table
from data_access.queries.audit.audit import BY_NUMBER, AuditedCommand, AuditEntry, Changed, FindChanges, FindCommands
from data_access.queries.audit.audit_filter import AuditFilter
from data_access.queries.pagination.pages import Page
from data_access.store.access import Access

E = TypeVar("E", bound=AuditEntry)
_NOTHING = "Nothing in the log matches. Widen the dates or remove a filter."


def done_table(access: Access, chosen: AuditFilter) -> None:
    """A row a command; its number opens what it changed."""
    place = asked_place(BY_NUMBER.read)
    page = cache.fetch(access, FindCommands(chosen, place.direction, place.cursor))
    if not page.rows:
        st.info(_NOTHING)
        return
    own: Columns[AuditedCommand] = (
        Column("Of what", lambda row: row.gist, width=296),
        Column("Changed", lambda row: row.changed, width=174),
    )
    _follow(table(page.rows, _columns(own), key="done", alt="What was done, newest first"))
    _pager(chosen, page)


def changed_table(access: Access, chosen: AuditFilter) -> None:
    """A row a changed field, with its old and new value."""
    place = asked_place(BY_NUMBER.read)
    page = cache.fetch(access, FindChanges(chosen, place.direction, place.cursor))
    if not page.rows:
        st.info(_NOTHING)
        return
    own: Columns[Changed] = (
        Column("Of", lambda row: row.record, width=120),
        Column("Field", lambda row: row.field, width=130),
        Column("Old", lambda row: row.before, width=104),
        Column("New", lambda row: row.after, width=116),
    )
    _follow(table(page.rows, _columns(own), key="changed", alt="Changed fields, newest first"))
    _pager(chosen, page)


def _columns(own: Columns[E]) -> Columns[E]:
    """What each entry tells, with what the table tells of its own rows."""
    zone = viewer.zone()
    return (
        Column("Entry", lambda row: formats.number(row.number), "opener", 60, "Opens what the entry changed."),
        Column("When", lambda row: formats.moment(row.at, zone), width=136),
        Column("Who", lambda row: row.login, width=80),
        Column("What", lambda row: row.what, width=130),
        Column("Customer", lambda row: row.customer_code, "opener", 90),
        *own,
        Column("Reason", lambda row: row.reason, width=120),
    )


def _follow(click: Click[AuditedCommand] | Click[Changed] | None) -> None:
    if click is None:
        return
    if click.column == "Customer":
        Lead("customer", {"id": [str(click.row.customer_id)]}).follow()
    Lead("audit_log", {VIEW: [FIELDS], "number": [str(click.row.number)]}).follow()


def _pager(chosen: AuditFilter, page: Page[AuditedCommand] | Page[Changed]) -> None:
    said = chosen.describe()
    pager(f"{formats.counted(len(page.rows), 'row')}, newest first{f': {said}' if said else ''}.", page, key="audit")
