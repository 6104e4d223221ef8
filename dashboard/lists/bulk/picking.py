"""Selection: customers ticked on any page of a list, kept in the session, and the bar that says who is selected."""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.kit import cache
from dashboard.kit.formats import number
from dashboard.kit.tables.customer_table import customers_to_pick
from dashboard.kit.tables.table import Columns
from dashboard.lists.bulk import bulk_form
from dashboard.lists.bulk.bulk_form import Meant
from data_access.base.permissions import Permission
from data_access.domain.bulk import MOST
from data_access.queries.bulk.runs import CountMeant
from data_access.queries.lists.customers import CustomerRow, Selection
from data_access.search.advanced_filter import AdvancedFilter
from data_access.search.filters import CustomerFilter
from data_access.store.access import Access

_OPEN, _PICKED, _CLEARED = "bulk-open", "bulk-picked", "bulk-cleared"
_NAMED = 5


def bulk_button(access: Access) -> None:
    """Opens the bar and the check boxes, and closes them; nothing for who may not act on many."""
    if access.actor.may(Permission.CUSTOMER_BULK):
        st.button("Bulk action", icon=":material/checklist:", key="bulk-action", on_click=_turn)


def is_open(access: Access) -> bool:
    """Whether customers are being picked."""
    return bool(st.session_state.get(_OPEN)) and access.actor.may(Permission.CUSTOMER_BULK)


def draw(
    access: Access, selection: Selection, rows: Sequence[CustomerRow], columns: Columns[CustomerRow], *, is_roomy: bool
) -> int | None:
    """Draws the bar and the page of rows with check boxes; the customer that was clicked, if one was."""
    bar = st.container(key="bulk-bar", border=True, gap="xsmall")
    here = {row.id for row in rows}
    page = f"customers-picked-{st.session_state.get(_CLEARED, 0)}-{hash(tuple(row.id for row in rows))}"
    ticked, clicked = customers_to_pick(rows, columns, page, picked=_picked().keys(), is_roomy=is_roomy)
    elsewhere = {key: code for key, code in _picked().items() if key not in here}
    picked = st.session_state[_PICKED] = elsewhere | {row.id: row.customer_code for row in ticked}
    with bar:
        _bar(access, selection, picked, elsewhere)
    return clicked


def _picked() -> Mapping[int, str]:
    kept: Mapping[int, str] = st.session_state.get(_PICKED, {})
    return kept


def _bar(access: Access, selection: Selection, picked: Mapping[int, str], elsewhere: Mapping[int, str]) -> None:
    assert isinstance(selection, CustomerFilter | AdvancedFilter)
    found = cache.fetch(access, CountMeant(selection))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.text(_says(picked, elsewhere))
        if picked:
            if st.button(f"Act on {number(len(picked))} picked", key="bulk-act-picked", type="primary"):
                bulk_form.open_on(Meant(picked=tuple(sorted(picked))))
            st.button("Clear", key="bulk-clear", type="tertiary", on_click=_clear)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.text(f"Or everybody in this list: {selection.describe()}.")
        all_of_them = f"Act on all {number(found)}" if found <= MOST else f"More than {number(MOST)}: narrow the filter"
        if st.button(all_of_them, key="bulk-act-all", disabled=found > MOST):
            bulk_form.open_on(Meant(selection=selection))
    bulk_form.draw_open()


def _says(picked: Mapping[int, str], elsewhere: Mapping[int, str]) -> str:
    if not picked:
        return "Nobody is picked: tick customers, on any page."
    named = ", ".join(list(picked.values())[:_NAMED])
    more = f" and {number(len(picked) - _NAMED)} more" if len(picked) > _NAMED else ""
    beside = f"; {number(len(elsewhere))} of them not on this page" if elsewhere else ""
    return f"Picked: {named}{more}{beside}."


def _turn() -> None:
    st.session_state[_OPEN] = not st.session_state.get(_OPEN)


def _clear() -> None:
    st.session_state.pop(_PICKED, None)
    st.session_state[_CLEARED] = st.session_state.get(_CLEARED, 0) + 1
