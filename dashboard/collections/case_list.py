"""The list of collections: a page of cases at the place in the address, its steps, and the sums by currency."""

import pandas as pd
import streamlit as st

from dashboard.collections.case_table import case_table
from dashboard.kit import cache, formats
from dashboard.kit.addresses.list_state import AFTER, BEFORE, PAGE, go, params
from dashboard.kit.addresses.pager import steps
from dashboard.kit.tables.table import Column, Columns, table
from dashboard.lists.sums_line import sums_line
from data_access.queries.collections.collections import RULE, Cases, CollectionFilter, FindCases, Queue, read_place
from data_access.queries.lists.counts import CAP, CountCustomers
from data_access.queries.pagination.by_key import Direction
from data_access.search.filter_params import Params
from data_access.store.access import Access

_NOTHING = "Nobody is overdue or suspended here."


def case_list(access: Access, chosen: CollectionFilter) -> None:
    """Draws the page of the list that the address asks for."""
    direction, cursor = _place()
    page = cache.fetch(access, FindCases(chosen, direction, cursor))
    st.caption(RULE)
    if not page.rows and direction is Direction.FIRST:
        st.info(_NOTHING)
        return
    case_table(access, page.rows)
    steps(_sentence(access, chosen, page), _ways(page), key="cases")
    sums_line(access, chosen)


def sums(totals: pd.DataFrame) -> None:
    """What is overdue in each queue, a row a currency; a click narrows the list to it."""
    if totals.empty:
        return
    st.header("Overdue by currency", anchor=False)
    currencies = sorted(set(totals["currency"]))
    columns: Columns[str] = [Column("Currency", str, "opener", 90), *(_of_queue(totals, queue) for queue in Queue)]
    click = table(currencies, columns, key="sums", alt="Overdue totals, by queue and currency")
    if click is not None:
        queue = next((queue for queue in Queue if queue.label == click.column), None)
        go(CollectionFilter(queue, click.row).to_params())


def _of_queue(totals: pd.DataFrame, queue: Queue) -> Column[str]:
    return Column(queue.label, lambda currency: _sum(totals, queue, currency), "opener", 260)


def _sum(totals: pd.DataFrame, queue: Queue, currency: str) -> str:
    row = totals[(totals["queue"] == queue.value) & (totals["currency"] == currency)]
    if row.empty:
        return ""
    count = formats.counted(int(row["customers"].iloc[0]), "customer")
    return f"{count}, {formats.money(row['overdue'].iloc[0], currency)}"


def _place() -> tuple[Direction, str]:
    """Where the page begins; a damaged place is the beginning."""
    address = params()
    for name, direction in ((AFTER, Direction.AFTER), (BEFORE, Direction.BEFORE)):
        cursor = "".join(address.get(name, [])[:1])
        if cursor and _is_place(cursor):
            return direction, cursor
    return (Direction.LAST if address.get(PAGE) == [Direction.LAST.value] else Direction.FIRST), ""


def _is_place(cursor: str) -> bool:
    try:
        read_place(cursor)
    except ValueError:
        return False
    return True


def _ways(page: Cases) -> dict[str, Params | None]:
    back = {"First": {}, "Previous": {BEFORE: [page.first or ""]}}
    on = {"Next": {AFTER: [page.last or ""]}, "Last": {PAGE: [Direction.LAST.value]}}
    return {name: way if page.has_previous else None for name, way in back.items()} | {
        name: way if page.has_next else None for name, way in on.items()
    }


def _sentence(access: Access, chosen: CollectionFilter, page: Cases) -> str:
    total = cache.fetch(access, CountCustomers(chosen))
    whole = formats.counted(total, "customer") if total <= CAP else f"more than {formats.number(CAP)} customers"
    return f"{formats.number(len(page.rows))} of {whole}: {chosen.describe()}."
