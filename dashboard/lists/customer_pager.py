"""The pager: which rows of how many one sees, in which order, and the way to the others."""

import streamlit as st

from dashboard.kit import cache
from dashboard.kit.addresses.list_state import Listing, show_from
from dashboard.kit.formats import counted, number
from data_access.queries.lists.counts import CAP, CountBefore, CountCustomers, ShownCounts
from data_access.queries.lists.customers import CustomerPage, Selection
from data_access.queries.pagination.by_key import Direction
from data_access.search.filters import STATUSES_OFFERED, CustomerFilter
from data_access.store.access import Access


def pager(access: Access, selection: Selection, listing: Listing, page: CustomerPage) -> None:
    """Draws the sentence and the four buttons; a click goes to another page."""
    with st.container(key="pager", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.text(
            f"{_sentence(access, selection, listing, page)}, sorted by {listing.sort.label}, {selection.describe()}."
        )
        with st.container(horizontal=True, width="content", gap="xsmall"):
            _button("First", Direction.FIRST, "", is_possible=page.has_previous)
            _button("Previous", Direction.BEFORE, str(page.first), is_possible=page.has_previous)
            _button("Next", Direction.AFTER, str(page.last), is_possible=page.has_next)
            _button("Last", Direction.LAST, "", is_possible=page.has_next)


def _button(label: str, direction: Direction, cursor: str, *, is_possible: bool) -> None:
    if st.button(label, key=f"pager-{direction}", disabled=not is_possible):
        show_from(direction, cursor)


def _sentence(access: Access, selection: Selection, listing: Listing, page: CustomerPage) -> str:
    total, shown = _total(access, selection), len(page.rows)
    whole = counted(total, "customer") if total is not None else f"more than {number(CAP)} customers"
    before = 0
    if page.has_previous:
        before = cache.fetch(access, CountBefore(selection, listing.sort, str(page.first)))
    if before > CAP:
        return f"{number(shown)} of {whole}"
    return f"{number(before + 1)}–{number(before + shown)} of {whole}"


def _total(access: Access, selection: Selection) -> int | None:
    """How many there are in all; None: more than are counted. The status pills have counted a filter already."""
    if isinstance(selection, CustomerFilter):
        counts = cache.fetch(access, ShownCounts(selection))
        return sum(counts[status] for status in selection.status or STATUSES_OFFERED)
    found = cache.fetch(access, CountCustomers(selection))
    return found if found <= CAP else None
