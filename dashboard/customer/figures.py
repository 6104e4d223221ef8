"""The row of figures: label, figure and a sentence each, as many side by side as fit on the screen."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

_NARROWEST = 150


@dataclass(frozen=True)
class Figure:
    """One box. Label and figure are our own words; the sentence may hold what a person typed."""

    label: str
    figure: str
    sentence: str = ""


def figures(entries: Sequence[Figure], *, key: str = "head") -> None:
    """Draws the boxes; no arrows, for none of them is a change."""
    with (
        st.container(key=f"figures-{key}"),
        st.grid(len(entries), min_column_width=_NARROWEST, gap="xsmall"),
    ):
        for entry in entries:
            with st.container(border=True, height="stretch", gap="xxsmall"):
                st.metric(entry.label, entry.figure)
                st.text(entry.sentence)
