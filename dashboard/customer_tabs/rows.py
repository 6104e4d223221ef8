"""Rows of a tab: a table as high as its rows, and the way down to older ones."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import streamlit as st

from dashboard import address
from dashboard.table import ROW_HEIGHT, whole_height
from data_access.queries.stream import Page


def table(columns: Mapping[str, Sequence[str]], *, alt: str, right: Sequence[str] = ()) -> None:
    """Texts in columns; those named in `right` are amounts."""
    st.dataframe(_texts(columns), **_look(columns, right), alt=alt)  # type: ignore[call-overload]


def chosen_row(columns: Mapping[str, Sequence[str]], *, key: str, alt: str, right: Sequence[str] = ()) -> int | None:
    """As `table`; the place of the row that was clicked, if one was."""
    state = st.dataframe(  # type: ignore[call-overload]
        _texts(columns), **_look(columns, right), alt=alt, key=key, on_select="rerun", selection_mode="single-row"
    )
    rows = state["selection"]["rows"]
    return int(rows[0]) if rows and rows[0] < len(next(iter(columns.values()))) else None


def _texts(columns: Mapping[str, Sequence[str]]) -> pa.Table:
    return pa.table({label: pa.array(list(cells), type=pa.string()) for label, cells in columns.items()})


def _look(columns: Mapping[str, Sequence[str]], right: Sequence[str]) -> dict[str, object]:
    aligned = {label: st.column_config.TextColumn(alignment="right") for label in right}
    height = whole_height(len(next(iter(columns.values()))))
    return {"hide_index": True, "height": height, "row_height": ROW_HEIGHT, "column_config": aligned}


def older(page: Page[object], *, key: str) -> None:
    """The buttons under a list that goes on, or that one has gone down."""
    if page.older is None and not address.below():
        return
    with st.container(horizontal=True):
        if address.below():
            st.button("Newest", key=f"newest-{key}", icon=":material/first_page:", on_click=address.go_to_top)
        if page.older is not None:
            st.button(
                "Older",
                key=f"older-{key}",
                icon=":material/chevron_right:",
                on_click=address.go_below,
                args=(page.older,),
            )
