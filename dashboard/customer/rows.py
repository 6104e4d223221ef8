"""The way down a list in a tab, to older rows, and back to the newest."""

import streamlit as st

from dashboard.kit.addresses import page_params
from data_access.queries.pagination.newest_first import Page


def older(page: Page[object], *, key: str) -> None:
    """The buttons under a list that goes on, or that one has gone down."""
    if page.older is None and not page_params.below():
        return
    with st.container(horizontal=True):
        if page_params.below():
            st.button("Newest", key=f"newest-{key}", icon=":material/first_page:", on_click=page_params.go_to_top)
        if page.older is not None:
            st.button(
                "Older",
                key=f"older-{key}",
                icon=":material/chevron_right:",
                on_click=page_params.go_below,
                args=(page.older,),
            )
