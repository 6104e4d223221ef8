"""Status badges: the shown status, strong, and the conditions that it hides, pale next to it."""

from collections.abc import Iterable

import streamlit as st

from dashboard.kit.look.palette import STATUSES, Look

STRONG = "shown-"


def status_badges(shown: str, secondary: Iterable[str] = (), *, of: int | str = "head") -> None:
    """Draws one strong badge and a pale one for every other condition; `of` is whose they are."""
    with st.container(horizontal=True, width="content", gap="xsmall", vertical_alignment="center"):
        with st.container(key=f"{STRONG}{shown}-{of}", width="content"):
            _badge(STATUSES[shown])
        for status in secondary:
            _badge(STATUSES[status])


def _badge(look: Look) -> None:
    st.badge(look.word, icon=look.icon, color=look.badge)
