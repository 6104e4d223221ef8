"""The pager: the sentence under a list and the four buttons to its other pages."""

from collections.abc import Mapping

import streamlit as st

from dashboard.kit.addresses.list_state import AFTER, BEFORE, PAGE, asked_number, go, params
from data_access.search.filter_params import Params

Steps = Mapping[str, Params | None]
_MOST_PAGES = 99_999
LABELS = ("First", "Previous", "Next", "Last")


def steps(sentence: str, ways: Steps, *, key: str) -> None:
    """Draws both; `ways` holds what each button puts into the address, None where there is nothing."""
    with st.container(key="pager", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.text(sentence)
        with st.container(horizontal=True, width="content", gap="xsmall"):
            for label in LABELS:
                _button(label, ways[label], key=key)


def _button(label: str, way: Params | None, *, key: str) -> None:
    if st.button(label, key=f"{key}-{label.lower()}", disabled=way is None) and way is not None:
        go(without_place(params()) | way)


def without_place(address: Params) -> Params:
    """The same list from its beginning."""
    return {name: values for name, values in address.items() if name not in (PAGE, AFTER, BEFORE)}


def page_number() -> int:
    """Which page the address asks for, counted from 0; a damaged one is the first."""
    return asked_number(PAGE, _MOST_PAGES) or 0


def numbered_ways(number: int, last: int) -> Steps:
    """The ways from a page of a list whose pages are counted."""
    back, on = number > 0, number < last
    return {
        "First": {} if back else None,
        "Previous": {PAGE: [str(number - 1)]} if back else None,
        "Next": {PAGE: [str(number + 1)]} if on else None,
        "Last": {PAGE: [str(last)]} if on else None,
    }
