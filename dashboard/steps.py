"""Steps: the sentence under a list and the four buttons to its other pages."""

from collections.abc import Mapping

import streamlit as st

from dashboard.listing import AFTER, BEFORE, PAGE, go, params
from data_access.facets import Params

Steps = Mapping[str, Params | None]
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
