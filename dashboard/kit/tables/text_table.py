"""The text table: a few texts in columns, as high as its rows."""

from collections.abc import Mapping, Sequence

import pyarrow as pa
import streamlit as st

from dashboard.kit.tables.table import ROW_HEIGHT, whole_height


def table(columns: Mapping[str, Sequence[str]], *, alt: str, right: Sequence[str] = ()) -> None:
    """Texts in columns; those named in `right` are amounts."""
    st.dataframe(_texts(columns), **_look(columns, right, {}), alt=alt)  # type: ignore[call-overload]  # the look is a dict


def chosen_row(
    columns: Mapping[str, Sequence[str]],
    *,
    key: str,
    alt: str,
    right: Sequence[str] = (),
    widths: Mapping[str, int] | None = None,
) -> int | None:
    """As `table`; the place of the row that was clicked, if one was.

    A table of many columns has `widths`, or its last ones stand out of sight.
    """
    state = st.dataframe(  # type: ignore[call-overload]  # the look is a dict
        _texts(columns), **_look(columns, right, widths or {}), alt=alt, key=key,
        on_select="rerun", selection_mode="single-row",
    )  # fmt: skip
    rows = state["selection"]["rows"]
    return int(rows[0]) if rows and rows[0] < len(next(iter(columns.values()))) else None


def _texts(columns: Mapping[str, Sequence[str]]) -> pa.Table:
    return pa.table({label: pa.array(list(cells), type=pa.string()) for label, cells in columns.items()})


def _look(columns: Mapping[str, Sequence[str]], right: Sequence[str], widths: Mapping[str, int]) -> dict[str, object]:
    config = {
        label: st.column_config.TextColumn(width=widths.get(label), alignment="right" if label in right else "left")
        for label in columns
        if label in right or label in widths
    }
    height = whole_height(len(next(iter(columns.values()))))
    return {"hide_index": True, "height": height, "row_height": ROW_HEIGHT, "column_config": config}
