"""The customer table: a page of customers as one reads them, opened by a click on ID, name or row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pyarrow as pa
import streamlit as st

from dashboard.kit import formats
from dashboard.kit.look.palette import BANDS, STATUSES, LimitUse, Look, band_of
from dashboard.kit.look.theme import theme_in_force
from dashboard.kit.tables.fitting import fitted
from data_access.queries.lists.customers import CustomerRow

ROW_HEIGHT = 29
_HEADING_AND_EDGES = 34
_PREPAID = "prepaid"
_LABEL_TRAPS = (":", "[")
_SHARES = (LimitUse.UNDER_80, LimitUse.FROM_80, LimitUse.OVER)
_GUARD = "\u200b"

Kind = Literal["text", "amount", "opener", "chips"]


@dataclass(frozen=True)
class Chip:
    """A word on the ground of its meaning."""

    text: str
    look: Look


Cell = str | list[Chip]


@dataclass(frozen=True)
class TableColumn:
    """One column of the catalogue: what it is called, how it reads and how wide it stands."""

    label: str
    width: int
    cell: Callable[[CustomerRow, date], Cell]
    kind: Kind = "text"
    help: str | None = None


def _statuses(row: CustomerRow, _today: date) -> list[Chip]:
    looks = [STATUSES[status] for status in (row.shown, *row.secondary)]
    return [Chip(look.chip, look) for look in looks]


def _utilisation(row: CustomerRow, _today: date) -> list[Chip]:
    """The share in words, so that 124 % is not a full bar like any other."""
    band = band_of(row.balance, row.credit_limit, prepaid=_is_prepaid(row))
    look = BANDS[band]
    if band not in _SHARES or not row.credit_limit:
        return [Chip(look.chip, look)]
    words = formats.percent(row.balance / row.credit_limit) + (", over" if band is LimitUse.OVER else "")
    return [Chip(f"{look.mark} {words}", look)]


def next_step(row: CustomerRow, today: date) -> str:
    """What happens; what would prevent it, and that it was planned, is told on the customer's page."""
    if row.next_step is None:
        return ""
    return f"{formats.relative(row.next_step.on, today)}: {row.next_step.what.removeprefix('permanently ')}"


def _owes(row: CustomerRow, _today: date) -> str:
    return formats.standing_money(row.balance, row.currency, prepaid=_is_prepaid(row))


def _limit(row: CustomerRow, _today: date) -> str:
    return formats.limit(row.credit_limit, row.currency, prepaid=_is_prepaid(row))


def _available(row: CustomerRow, _today: date) -> str:
    return formats.available(row.available, row.currency)


def _overdue(row: CustomerRow, _today: date) -> str:
    return formats.overdue(row.overdue_amount, row.days_overdue, row.currency)


def _is_prepaid(row: CustomerRow) -> bool:
    return row.balance_control == _PREPAID


COLUMNS: Mapping[str, TableColumn] = {
    "customer_code": TableColumn("Customer ID", 80, lambda row, _: row.customer_code, "opener"),
    "name": TableColumn("Name", 128, lambda row, _: row.name, "opener"),
    "status": TableColumn("Status", 218, _statuses, "chips", "The most important status first, then any others."),
    "class_name": TableColumn("Customer class", 98, lambda row, _: row.class_name),
    "balance_control": TableColumn("Balance control", 90, lambda row, _: row.balance_control.capitalize()),
    "owes": TableColumn("Balance", 142, _owes, "amount", "Postpaid: who owes whom. Prepaid: what is left to spend."),
    "available": TableColumn("Available funds", 140, _available, "amount"),
    "credit_limit": TableColumn("Credit limit", 116, _limit, "amount"),
    "utilisation": TableColumn("Use of limit", 100, _utilisation, "chips", "Balance as a share of the credit limit."),
    "overdue": TableColumn("Overdue", 130, _overdue, "amount", "Since the oldest due date; the whole overdue amount."),
    "next_step": TableColumn("Next step", 170, next_step, help="What happens automatically unless something changes."),
}
USUAL = tuple(name for name in COLUMNS if name not in ("class_name", "balance_control", "available"))


def customer_table(
    rows: Sequence[CustomerRow], today: date, key: str, *, columns: Sequence[str] = USUAL, title: str = "Customers"
) -> int | None:
    """Draws the whole page of rows; the id of the customer that was clicked, if one was."""
    drawn_key, ids = f"{key}-drawn", [row.id for row in rows]
    drawn = st.session_state.get(drawn_key, ids)
    event = st.dataframe(
        as_arrow(rows, today, columns),
        key=key,
        hide_index=True,
        height=whole_height(len(rows)),
        row_height=ROW_HEIGHT,
        column_config={name: _config(name, rows, today, key) for name in columns},
        on_select="rerun",
        selection_mode="single-row",
        alt=f"{title}: {formats.counted(len(rows), 'customer')}; click a Customer ID or Name to open one.",
    )
    st.session_state[drawn_key] = ids
    position = _position(event.selection.rows, key, columns)
    return drawn[position] if position is not None and position < len(drawn) else None


def whole_height(rows: int) -> int:
    """The height in pixels in which so many rows stand without scrolling: known before anything is drawn."""
    return _HEADING_AND_EDGES + rows * ROW_HEIGHT


def as_arrow(rows: Sequence[CustomerRow], today: date, columns: Sequence[str]) -> pa.Table:
    """The cells as they are read, in typed columns also when there is no row."""
    return pa.table({name: _column(rows, today, COLUMNS[name]) for name in columns})


def as_label(text: str, width: int | None) -> str:
    """What people typed, in a cell that is a button: the platform would read a leading sign as icon or menu."""
    shown = text if width is None else fitted(text, width)
    return _GUARD + shown if shown.startswith(_LABEL_TRAPS) else shown


def _column(rows: Sequence[CustomerRow], today: date, column: TableColumn) -> pa.Array:
    cells = [column.cell(row, today) for row in rows]
    if column.kind == "chips":
        return pa.array([[chip.text for chip in _chips(cell)] for cell in cells], pa.list_(pa.string()))
    if column.kind == "opener":
        return pa.array([as_label(str(cell), column.width) for cell in cells], pa.string())
    return pa.array(cells, pa.string())


def _chips(cell: Cell) -> list[Chip]:
    return cell if isinstance(cell, list) else []


def _config(name: str, rows: Sequence[CustomerRow], today: date, key: str) -> Any:
    column = COLUMNS[name]
    shared: dict[str, Any] = {"label": column.label, "width": column.width, "help": column.help}
    if column.kind == "opener":
        return st.column_config.ButtonColumn(**shared, type="tertiary", alignment="left", key=f"{key}-{name}")
    if column.kind == "chips":
        theme = theme_in_force()
        colours = {chip.text: chip.look.tone(theme).bg for row in rows for chip in _chips(column.cell(row, today))}
        return st.column_config.MultiselectColumn(**shared, options=list(colours), color=list(colours.values()))
    return st.column_config.TextColumn(**shared, alignment="right" if column.kind == "amount" else "left")


def _position(selected: Sequence[int], key: str, columns: Sequence[str]) -> int | None:
    clicks = [st.session_state.get(f"{key}-{name}") for name in columns if COLUMNS[name].kind == "opener"]
    clicked = [int(click["row"]) for click in clicks if click]
    return next(iter([*clicked, *selected]), None)
