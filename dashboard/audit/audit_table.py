"""The tables of the audit log: what was done, and which fields that changed."""

from collections.abc import Sequence

import streamlit as st

from dashboard.audit.audit_bar import FIELDS, VIEW
from dashboard.kit import cache, formats, viewer
from dashboard.kit.addresses.list_state import params
from dashboard.kit.addresses.pager import steps
from dashboard.kit.charts.chart import Lead
from dashboard.kit.tables.link_table import Click, TextColumn, word_table
from data_access.queries.audit.audit import AuditedCommand, AuditEntry, Changed, FindChanges, FindCommands
from data_access.queries.audit.audit_filter import AuditFilter
from data_access.queries.pagination.by_number import OLDEST, Place, Placed, read_place
from data_access.search.filter_params import Params
from data_access.store.access import Access

_AT = "at"
_NOTHING = "Nothing in the log matches. Widen the dates or remove a filter."


def done_table(access: Access, chosen: AuditFilter) -> None:
    """A row a command; its number opens what it changed."""
    page = cache.fetch(access, FindCommands(chosen, _place()))
    if not page.rows:
        st.info(_NOTHING)
        return
    columns = [
        _entries(page.rows),
        *_who(page.rows),
        TextColumn("Of what", [row.gist for row in page.rows], width=330),
        TextColumn("Changed", [row.changed for row in page.rows], width=174),
    ]
    _follow(word_table([*columns, _reasons(page.rows)], key="done", alt="What was done, newest first"), page.rows)
    _steps(chosen, page)


def changed_table(access: Access, chosen: AuditFilter) -> None:
    """A row a changed field, with its old and new value."""
    page = cache.fetch(access, FindChanges(chosen, _place()))
    if not page.rows:
        st.info(_NOTHING)
        return
    columns = [
        _entries(page.rows),
        *_who(page.rows),
        TextColumn("Of", [row.record for row in page.rows], width=130),
        TextColumn("Field", [row.field for row in page.rows], width=140),
        TextColumn("Old", [row.before for row in page.rows], width=104),
        TextColumn("New", [row.after for row in page.rows], width=130),
        _reasons(page.rows),
    ]
    _follow(word_table(columns, key="changed", alt="Changed fields, newest first"), page.rows)
    _steps(chosen, page)


def _entries(rows: Sequence[AuditEntry]) -> TextColumn:
    return TextColumn(
        "Entry", [formats.number(row.number) for row in rows], "opener", 60, "Opens what the entry changed."
    )


def _who(rows: Sequence[AuditEntry]) -> list[TextColumn]:
    zone = viewer.zone()
    return [
        TextColumn("When", [formats.moment(row.at, zone) for row in rows], width=136),
        TextColumn("Who", [row.login for row in rows], width=80),
        TextColumn("What", [row.what for row in rows], width=130),
        TextColumn("Customer", [row.customer_code for row in rows], "opener", 90),
    ]


def _reasons(rows: Sequence[AuditEntry]) -> TextColumn:
    return TextColumn("Reason", [row.reason for row in rows], width=120)


def _follow(click: Click | None, rows: Sequence[AuditEntry]) -> None:
    if click is None:
        return
    row = rows[click.row]
    if click.column == "Customer":
        Lead("customer", {"id": [str(row.customer_id)]}).follow()
    Lead("audit_log", {VIEW: [FIELDS], "number": [str(row.number)]}).follow()


def _place() -> Place | None:
    return read_place("".join(params().get(_AT, [])[:1]))


def _steps(chosen: AuditFilter, page: Placed[AuditedCommand] | Placed[Changed]) -> None:
    ways: dict[str, Params | None] = {
        "First": _way(page.newer and ""),
        "Previous": _way(page.newer),
        "Next": _way(page.older),
        "Last": _way(page.older and OLDEST),
    }
    said = chosen.describe()
    steps(f"{formats.counted(len(page.rows), 'row')}, newest first{f': {said}' if said else ''}.", ways, key="audit")


def _way(place: Place | str | None) -> Params | None:
    return None if place is None else {_AT: [str(place)] if place else []}
