"""The choice of the order of a list, as the address has it."""

import streamlit as st

from dashboard.listing import AFTER, BEFORE, PAGE, SORT, go, params
from data_access.access import Access
from data_access.permissions import Permission
from data_access.queries.pages import Sort, sort_for


def sort_choice(access: Access) -> None:
    """Draws it; another order begins at its first page."""
    now = params()
    entered = sort_entered(access, now.get(SORT, []))
    if entered != now.get(SORT, []):
        go({name: values for name, values in now.items() if name not in (PAGE, AFTER, BEFORE)} | {SORT: entered})


def sort_entered(access: Access, now: list[str]) -> list[str]:
    """Draws it and gives what it says; what the address asks in vain stays until something is chosen."""
    usual = sort_for(access.actor, None)
    shown = next((sort for sort in Sort if now == [sort.value]), usual)
    may_read = access.actor.may(Permission.PERSONAL_READ)
    offered = [sort for sort in Sort if may_read or sort is not Sort.NAME or sort is shown]
    picked = st.selectbox(
        "Sorted by", offered, offered.index(shown), label_visibility="collapsed", width=150,
        format_func=lambda sort: f"By {sort.label}" if "first" not in sort.label else sort.label.capitalize(),
    )  # fmt: skip
    if picked is shown or picked is None:
        return now
    return [] if picked is usual else [picked.value]
