"""The list of planned changes: on which day what happens to whom, in words, and the button to change a plan."""

from collections.abc import Sequence
from datetime import date, datetime

import streamlit as st

from dashboard.kit import formats, viewer
from dashboard.kit.addresses.links import open_customer
from dashboard.kit.addresses.list_state import go, params
from dashboard.kit.addresses.pager import numbered_pager, page_number
from dashboard.kit.look.palette import STATUSES
from dashboard.kit.tables.table import Chip, Column, Columns, table
from data_access.base.permissions import Permission
from data_access.domain.shown_status import Shown
from data_access.queries.forecast.forecast_steps import ForecastStep, Foreseen
from data_access.queries.planned.planned import PlannedChange
from data_access.store.access import Access

PLAN = "plan"
_SIZE = 25
_CHANGE = "Change"


_BECOMES = {
    Foreseen.LIMITATION: Shown.SERVICE_LIMITED,
    Foreseen.SUSPENSION: Shown.SUSPENDED,
    Foreseen.LIFT_END: Shown.SUSPENDED,
    Foreseen.TERMINATION: Shown.PROVISIONALLY_TERMINATED,
    Foreseen.END: Shown.PERMANENTLY_TERMINATED,
}


def says(told: ForecastStep, currency: str) -> str:
    """What happens, its amount in money."""
    return told.says if told.amount is None else told.says.replace("{amount}", formats.money(told.amount, currency))


def planned_list(access: Access, rows: Sequence[PlannedChange], whole_until: datetime | None) -> None:
    """Draws the page of the list that the address asks for; a click opens the customer, or the plan."""
    if not rows:
        st.info("Nothing is coming up here: choose more days or other kinds.", icon=":material/event_available:")
        return
    last = (len(rows) - 1) // _SIZE
    number = min(page_number(), last)
    shown = rows[number * _SIZE : (number + 1) * _SIZE]
    today = viewer.today(access)
    alt = f"{formats.counted(len(shown), 'planned change')}, soonest first; click a Customer ID or Name to open one."
    click = table(shown, _columns(access, shown, today), key="planned", alt=alt)
    if click is not None:
        if click.column == _CHANGE:
            go(params() | {PLAN: [str(click.row.told.plan_id)]})
        open_customer(click.row.customer_id)
    whole = formats.number(len(rows)) if whole_until is None else f"more than {formats.number(len(rows))}"
    if whole_until is not None:
        st.caption(f"From {formats.day(whole_until.date())} on, not all are listed: choose fewer days, or a kind.")
    first = number * _SIZE + 1
    numbered_pager(f"{first:,}–{first + len(shown) - 1:,} of {whole}, soonest first.", number, last, key="planned")


def first_rows(access: Access, rows: Sequence[PlannedChange], *, key: str) -> None:
    """A few rows, for a page that leads here; a click opens the customer."""
    alt = f"{formats.counted(len(rows), 'planned change')}, soonest first; click a Customer ID or Name to open one."
    click = table(rows, _columns(access, rows, viewer.today(access)), key=key, alt=alt)
    if click is not None:
        open_customer(click.row.customer_id)


def _columns(access: Access, rows: Sequence[PlannedChange], today: date) -> Columns[PlannedChange]:
    columns: list[Column[PlannedChange]] = [
        Column("On", lambda row: formats.day(row.told.on), width=92),
        Column("In", lambda row: formats.relative(row.told.on, today), width=86),
        Column("Customer ID", lambda row: row.customer_code, "opener", 88),
        Column("Name", lambda row: row.name, "opener", 140),
        Column("Kind", lambda row: row.told.kind.label, width=136),
        Column("Status then", lambda row: _becomes(row.told), "chips", 166),
        Column("What happens", lambda row: says(row.told, row.currency), width=306),
    ]
    if any(map(_change, rows)) and access.actor.may(Permission.CUSTOMER_TERMINATE):
        columns.append(Column(_CHANGE, _change, "opener", 70, "Move it to another day, or cancel it."))
    return columns


def _change(row: PlannedChange) -> str:
    return _CHANGE if row.told.plan_id is not None else ""


def _becomes(told: ForecastStep) -> list[Chip]:
    look = STATUSES[_BECOMES[told.kind]] if told.kind in _BECOMES else None
    return [Chip(look.chip, look)] if look else []


def close_plan() -> None:
    """Goes on without the plan that was open."""
    go({name: values for name, values in params().items() if name != PLAN})
