"""The link table: rows as one reads them, with columns whose cells open what the row is about."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pyarrow as pa
import streamlit as st

from dashboard.kit.look.theme import theme_in_force
from dashboard.kit.tables.table import ROW_HEIGHT, Chip, as_label, whole_height

Kind = Literal["text", "amount", "opener", "chips"]


@dataclass(frozen=True)
class TextColumn:
    """A column: what it is called, its cells from the first row to the last, how they stand."""

    label: str
    cells: Sequence[str] | Sequence[Sequence[Chip]]
    kind: Kind = "text"
    width: int | None = None
    help: str | None = None


@dataclass(frozen=True)
class Click:
    """The row, counted from 0, and the label of the column whose cell was clicked."""

    row: int
    column: str


def word_table(columns: Sequence[TextColumn], *, key: str, alt: str, most: int | None = None) -> Click | None:
    """Draws the rows, at most so many pixels high; the cell that was clicked in a column that opens, if one was."""
    height = whole_height(len(columns[0].cells))
    st.dataframe(
        pa.table({column.label: _cells(column) for column in columns}),
        key=key,
        hide_index=True,
        height=height if most is None else min(height, most),
        row_height=ROW_HEIGHT,
        column_config={column.label: _config(column, key) for column in columns},
        alt=alt,
    )
    return next((click for column in columns if (click := _clicked(column, key)) is not None), None)


def _clicked(column: TextColumn, key: str) -> Click | None:
    click = st.session_state.get(_opener(column, key)) if column.kind == "opener" else None
    is_there = click is not None and int(click["row"]) < len(column.cells) and bool(column.cells[int(click["row"])])
    return Click(int(click["row"]), column.label) if click is not None and is_there else None


def _opener(column: TextColumn, key: str) -> str:
    return f"{key}-{column.label}"


def _cells(column: TextColumn) -> pa.Array:
    if column.kind == "chips":
        return pa.array([[chip.text for chip in _chips(cell)] for cell in column.cells], pa.list_(pa.string()))
    if column.kind == "opener":
        return pa.array([as_label(str(cell), column.width) for cell in column.cells], pa.string())
    return pa.array(list(column.cells), pa.string())


def _chips(cell: str | Sequence[Chip]) -> Sequence[Chip]:
    return () if isinstance(cell, str) else cell


def _config(column: TextColumn, key: str) -> Any:
    shared: dict[str, Any] = {"width": column.width, "help": column.help}
    if column.kind == "opener":
        return st.column_config.ButtonColumn(type="tertiary", alignment="left", key=_opener(column, key), **shared)
    if column.kind == "chips":
        theme = theme_in_force()
        colours = {chip.text: chip.look.tone(theme).bg for cell in column.cells for chip in _chips(cell)}
        return st.column_config.MultiselectColumn(options=list(colours), color=list(colours.values()), **shared)
    return st.column_config.TextColumn(alignment="right" if column.kind == "amount" else "left", **shared)
