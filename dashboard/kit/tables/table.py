"""The table: rows as shown to people, all from one declaration of columns, and what was clicked in them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

import pyarrow as pa
import streamlit as st

from dashboard.kit.look.palette import Look
from dashboard.kit.look.theme import theme_in_force
from dashboard.kit.tables.fitting import fitted

ROW_HEIGHT = 29
_HEADING_AND_EDGES = 34
_LABEL_TRAPS = (":", "[")
_GUARD = "\u200b"

R = TypeVar("R")
Kind = Literal["text", "amount", "opener", "action", "chips"]
_CLICKED: tuple[Kind, ...] = ("opener", "action")
Selects = Literal["single-row", "multi-row"] | None


@dataclass(frozen=True)
class Chip:
    """A word on the ground of its meaning."""

    text: str
    look: Look


Cell = str | Sequence[Chip]


@dataclass(frozen=True)
class Column(Generic[R]):
    """One column: what it is called, what stands in it for a row, how that stands and how wide.

    A cell of an opener is to be clicked; one that is blank is not. So is that of an action, which does something at
    once where one is: a row does not stand for it. A table of many columns has widths, or its last ones stand out of
    sight.
    """

    label: str
    cell: Callable[[R], Cell]
    kind: Kind = "text"
    width: int | None = None
    help: str | None = None


Columns = Sequence[Column[R]]


@dataclass(frozen=True)
class Click(Generic[R]):
    """What was clicked: a row, and the label of the column; of a row as a whole, of the first that opens anything."""

    row: R
    column: str


def table(
    rows: Sequence[R], columns: Columns[R], *, alt: str, key: str | None = None, most: int | None = None,
    row_height: int = ROW_HEIGHT,
) -> Click[R] | None:  # fmt: skip
    """Draws the rows, at most so many pixels high; what was clicked, among the rows that stood there then.

    Rows that have something to open can be chosen, as Enter does: a cell is reached by the mouse alone.
    """
    there: Sequence[R] = st.session_state.get(f"{key}-drawn", rows)
    selects: Selects = "single-row" if _openers(columns) else None
    selected = _draw(rows, columns, alt=alt, key=key, most=most, selects=selects, row_height=row_height)
    return _clicked(rows, columns, key, there, _newly(key, selected) if selects else ())


def picking_table(
    rows: Sequence[R],
    columns: Columns[R],
    *,
    alt: str,
    key: str,
    picked: Sequence[int],
    row_height: int = ROW_HEIGHT,
) -> tuple[Sequence[R], Click[R] | None]:
    """Draws the rows with check boxes, of which those at these places are ticked at first; the ticked rows.

    Openers are clicked as ever. Other rows need another key: ticks are places.
    """
    there: Sequence[R] = st.session_state.get(f"{key}-drawn", rows)
    ticked = _draw(rows, columns, alt=alt, key=key, selects="multi-row", picked=picked, row_height=row_height)
    return [rows[at] for at in ticked if at < len(rows)], _clicked(rows, columns, key, there, ())


def _clicked(
    rows: Sequence[R], columns: Columns[R], key: str | None, there: Sequence[R], selected: Sequence[int]
) -> Click[R] | None:
    """What was clicked: a cell, or a row, which stands for its first opener."""
    buttons = [column for column in columns if column.kind in _CLICKED]
    if key is None or not buttons:
        return None
    st.session_state[f"{key}-drawn"] = rows
    clicks = [(column, st.session_state.get(_opener(column, key))) for column in buttons]
    cells = [(column, int(click["row"])) for column, click in clicks if click]
    chosen = [(column, at) for at in selected for column in _openers(columns)]
    found = [Click(there[at], column.label) for column, at in (*cells, *chosen) if _is_there(column, there, at)]
    return next(iter(found), None)


def _openers(columns: Columns[R]) -> Columns[R]:
    return [column for column in columns if column.kind == "opener"]


def chosen_row(rows: Sequence[R], columns: Columns[R], *, alt: str, key: str) -> R | None:
    """Draws the rows; the one that is chosen, as long as it is."""
    selected = _draw(rows, columns, alt=alt, key=key, selects="single-row")
    return next((rows[at] for at in selected if at < len(rows)), None)


def whole_height(rows: int, row_height: int = ROW_HEIGHT) -> int:
    """The height in pixels in which so many rows stand without scrolling: known before anything is drawn."""
    return _HEADING_AND_EDGES + rows * row_height


def cells(rows: Sequence[R], column: Column[R]) -> pa.Array:
    """A column as it is read, typed also when there is no row."""
    if column.kind == "chips":
        return pa.array([[chip.text for chip in _chips(column, row)] for row in rows], pa.list_(pa.string()))
    texts = [str(column.cell(row)) for row in rows]
    if column.kind in _CLICKED:
        texts = [_as_label(text, column.width) for text in texts]
    return pa.array(texts, pa.string())


def _draw(
    rows: Sequence[R], columns: Columns[R], *, alt: str, key: str | None, most: int | None = None, selects: Selects,
    picked: Sequence[int] = (), row_height: int = ROW_HEIGHT,
) -> Sequence[int]:  # fmt: skip
    """The places of the rows that are selected."""
    height = whole_height(len(rows), row_height)
    selecting: dict[str, Any] = {"on_select": "rerun", "selection_mode": selects} if selects else {}
    if picked:
        selecting["selection_default"] = {"selection": {"rows": list(picked), "columns": [], "cells": []}}
    drawn: Any = st.dataframe(
        pa.table({column.label: cells(rows, column) for column in columns}),
        key=key,
        hide_index=True,
        height=height if most is None else min(height, most),
        row_height=row_height,
        column_config={column.label: _config(rows, column, key) for column in columns},
        alt=alt,
        **selecting,
    )
    return drawn["selection"]["rows"] if selects else ()


def _newly(key: str | None, selected: Sequence[int]) -> Sequence[int]:
    """What is selected, unless it was in the run before: a row that stays selected was opened already."""
    before = st.session_state.get(f"{key}-selected")
    st.session_state[f"{key}-selected"] = [*selected]
    return () if before == [*selected] else selected


def _is_there(column: Column[R], rows: Sequence[R], at: int) -> bool:
    return at < len(rows) and bool(column.cell(rows[at]))


def _opener(column: Column[R], key: str | None) -> str:
    return f"{key}-{column.label}"


def _as_label(text: str, width: int | None) -> str:
    """What people typed, in a cell that is a button: the platform would read a leading sign as icon or menu."""
    shown = text if width is None else fitted(text, width)
    return _GUARD + shown if shown.startswith(_LABEL_TRAPS) else shown


def _chips(column: Column[R], row: R) -> Sequence[Chip]:
    cell = column.cell(row)
    return () if isinstance(cell, str) else cell


def _config(rows: Sequence[R], column: Column[R], key: str | None) -> Any:
    shared: dict[str, Any] = {"width": column.width, "help": column.help}
    if column.kind in _CLICKED:
        return st.column_config.ButtonColumn(type="tertiary", alignment="left", key=_opener(column, key), **shared)
    if column.kind == "chips":
        theme = theme_in_force()
        colours = {chip.text: chip.look.tone(theme).bg for row in rows for chip in _chips(column, row)}
        return st.column_config.MultiselectColumn(options=list(colours), color=list(colours.values()), **shared)
    return st.column_config.TextColumn(alignment="right" if column.kind == "amount" else "left", **shared)
