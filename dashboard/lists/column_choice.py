"""The columns of a list, as its user chose them: columns of the list and custom fields."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.kit import cache, viewer
from dashboard.kit.addresses.list_state import COLUMNS, SIZE, asked_number, go, params, without_place
from dashboard.kit.tables.customer_table import ALWAYS, USUAL, customer_columns
from dashboard.kit.tables.table import Column, Columns, Kind
from dashboard.lists.open_views import OpenViews
from data_access.commands.people.views import KeepListHabit
from data_access.domain.entered.custom_fields import name_of
from data_access.queries.customers.custom_fields import CustomColumns, CustomDefinitions, Definition
from data_access.queries.lists.customers import PAGE_SIZE, CustomerRow
from data_access.store.access import Access, new_command_id

MOST = 12
SIZES = (25, 50, 100)
_OPEN = "columns-choice"
_WIDTH = 120


@dataclass(frozen=True, slots=True)
class ChosenColumns:
    """The columns of a page of rows; `unknown`: what the address asks for in vain."""

    columns: Columns[CustomerRow]
    unknown: str = ""


def column_choice(access: Access, views: OpenViews) -> None:
    """The button with the choice; the columns stand in the order in which they were chosen, after ID and name.

    What one chooses for the whole list is remembered; what one chooses in a view belongs to that.
    """
    opened = st.popover("Columns", icon=":material/view_column:", key=_OPEN, on_change="rerun")
    if not opened.open:
        return
    named = {name: column.label for name, column in customer_columns(viewer.today(access)).items()} | {
        name: one.label for name, one in _custom(access).items()
    }
    now, size = list(_asked(views)), asked_size()
    offered = [*dict.fromkeys([*(name for name in named if name not in ALWAYS), *now])]
    with opened:
        st.text("Customer ID and Name come first; the others in the order in which you choose them.")
        picked = st.multiselect("Columns", offered, now, format_func=lambda n: named.get(n, n), max_selections=MOST)
        if st.button("Usual columns", icon=":material/restart_alt:", key="columns-usual", disabled=now == [*USUAL]):
            picked = [*USUAL]
        rows = st.selectbox("Rows on a page", SIZES, SIZES.index(size), width=160)
        is_roomy = st.toggle("High rows", views.of_list.is_roomy, help="Easier to hit with a finger.")
    is_new = picked != now
    if is_roomy != views.of_list.is_roomy or (is_new and views.view is None):
        usual = () if picked == [*USUAL] else tuple(picked)
        columns = usual if is_new and views.view is None else views.of_list.columns
        order = KeepListHabit(command_id=new_command_id(), page=views.page, columns=columns, is_roomy=is_roomy)
        access.execute(order)
        if not is_new and rows == size:
            st.rerun()
    if is_new or rows != size:
        is_usual = picked == [*USUAL] and (views.view is None or not views.of_list.columns)
        chosen = params().get(COLUMNS, []) if not is_new else [] if is_usual else picked
        go({**without_place(params()), COLUMNS: chosen, SIZE: [] if rows == PAGE_SIZE else [str(rows)]})


def asked_size() -> int:
    """How many rows a page has, as the address says; the usual number where it says none that is offered."""
    found = asked_number(SIZE)
    return found if found in SIZES else PAGE_SIZE


def chosen_columns(access: Access, rows: Sequence[CustomerRow], views: OpenViews) -> ChosenColumns:
    """What the address asks for; what stands in custom fields takes one statement for all rows together."""
    known, custom = customer_columns(viewer.today(access)), {}
    asked = [name for name in _asked(views)[:MOST] if name not in ALWAYS]
    if any(name not in known for name in asked):
        found = {name: one for name, one in _custom(access).items() if name in asked}
        custom = _filled(access, rows, found) if found else {}
    columns = {**known, **custom}
    unknown = next((name for name in asked if name not in columns), "")
    return ChosenColumns([columns[name] for name in (*ALWAYS, *asked) if name in columns], unknown)


def _asked(views: OpenViews) -> Sequence[str]:
    return tuple(dict.fromkeys(params().get(COLUMNS, []))) or views.of_list.columns or USUAL


def _custom(access: Access) -> dict[str, Definition]:
    return {name_of(one.field_id): one for one in cache.fetch(access, CustomDefinitions())}


def _filled(
    access: Access, rows: Sequence[CustomerRow], found: dict[str, Definition]
) -> dict[str, Column[CustomerRow]]:
    asked = CustomColumns(tuple(row.id for row in rows), tuple(one.field_id for one in found.values()))
    said = cache.fetch(access, asked)
    taken = {column.label for column in customer_columns(viewer.today(access)).values()}

    def column(one: Definition) -> Column[CustomerRow]:
        kind: Kind = "amount" if one.is_number else "text"
        label = f"{one.label} (custom)" if one.label in taken else one.label
        return Column(label, lambda row: said.get(row.id, {}).get(one.field_id, ""), kind, _WIDTH)

    return {name: column(one) for name, one in found.items()}
