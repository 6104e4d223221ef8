"""Opened: the customers that a person opened last in this browser. It notes their ids itself, as it does receipts."""

import re

import streamlit as st

_COOKIE, _OPENED, MOST = "opened", "customers-opened", 8


def note(person_id: int | None, customer_id: int) -> None:
    """Draws nothing that is seen: the customer was opened now."""
    before = [key for key in _in_this_tab() if key != customer_id]
    st.session_state[_OPENED] = (customer_id, *before)[:MOST]
    with st.container(key="unseen-opened"):
        st.html(f"{person_id}-{customer_id}")


def opened_last(person_id: int | None) -> tuple[int, ...]:
    """Ids of customers, the last one first: of this tab, and of what the browser had noted when it was opened."""
    noted = re.findall(rf"(?<!\d){person_id}-(\d{{1,15}})(?=\.|$)", st.context.cookies.get(_COOKIE, ""))
    return tuple(dict.fromkeys([*_in_this_tab(), *map(int, noted)]))[:MOST]


def _in_this_tab() -> tuple[int, ...]:
    kept: tuple[int, ...] = st.session_state.get(_OPENED, ())
    return kept
