"""Dead end: what stands on a page whose address leads to nothing that this person can see, and the ways on."""

import streamlit as st

from dashboard.kit.addresses.links import link

FIND = (
    ("customers", "Find a customer", ":material/search:"),
    ("advanced_search", "Advanced search", ":material/manage_search:"),
)


def dead_end(what: str, otherwise: str, *ways: tuple[str, str, str]) -> None:
    """`otherwise`: why it may be out of sight. `ways`: pages to go on to, each with its words and its icon."""
    st.text(f"This address leads to no {what} that you can see: it may be incomplete, or {otherwise}.")
    with st.container(horizontal=True):
        for file, label, icon in ways:
            link(file, label, icon=icon)
