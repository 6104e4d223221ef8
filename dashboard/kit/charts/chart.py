"""The chart: a figure with its sentence, its table one click away, and links from a mark to its customers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import plotly.graph_objects as go
import streamlit as st

from dashboard.kit.addresses.links import Shows, go_to
from dashboard.kit.charts.plot import plot
from dashboard.kit.tables.table import Columns, table

_TABLE_HEIGHT = 380
R = TypeVar("R")


@dataclass(frozen=True)
class Lead:
    """The page that something opens, and what it shows there."""

    file: str
    shows: Shows

    def follow(self) -> None:
        go_to(self.file, self.shows)


@dataclass(frozen=True)
class Twin(Generic[R]):
    """The same data in rows; the first column opens what its row counts."""

    rows: Sequence[R]
    columns: Columns[R]
    lead: Callable[[R], Lead]


def chart(
    title: str,
    figure: go.Figure | Callable[[bool], go.Figure],
    *,
    alt: str,
    twin: Callable[[], Twin[R]],
    lead: Callable[[Sequence[Any]], Lead],
    key: str,
    switch: str = "",
) -> None:
    """Draws the figure, or its twin; a click on a mark or a row leaves for the customers behind it.

    A figure that is drawn in two ways has a `switch`, which is on at first.
    """
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.header(title, anchor=False, width="content")
        with st.container(horizontal=True, width="content"):
            is_on = bool(switch) and st.toggle(switch, value=True, key=f"{key}-switch", width="content")
            as_table = st.toggle("As a table", key=f"{key}-as-table", width="content")
    if as_table:
        _draw_twin(twin(), alt=alt, key=key)
        return
    clicked = plot(figure(is_on) if callable(figure) else figure, alt=alt, key=key)
    if clicked:
        lead(clicked[0]).follow()
    st.caption(alt)


def _draw_twin(twin: Twin[R], *, alt: str, key: str) -> None:
    if not twin.rows:
        st.caption(alt)
        return
    click = table(twin.rows, twin.columns, key=f"{key}-table", alt=alt, most=_TABLE_HEIGHT)
    if click is not None:
        twin.lead(click.row).follow()
