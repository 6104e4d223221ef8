"""The list of collections: a page of cases at the position in the URL, the pager, and the sums by currency."""

from collections.abc import Mapping
from decimal import Decimal

import pandas as pd
import streamlit as st

from dashboard.collections.case_table import case_table
from dashboard.kit import cache, formats
from dashboard.kit.addresses.list_state import go
from dashboard.kit.addresses.pager import asked_place, pager
from dashboard.kit.tables.table import Column, Columns, table
from dashboard.lists.sums_line import sums_line
from data_access.queries.collections.cases import RULE, FindCases, QueuedCustomer, read_place
from data_access.queries.collections.collections import CollectionFilter, Queue
from data_access.queries.collections.sums import customers_in
from data_access.queries.pagination.pages import Direction, Page
from data_access.store.access import Access

_NOTHING = "Nobody is overdue or suspended here."


def case_list(access: Access, chosen: CollectionFilter, totals: pd.DataFrame) -> None:
    """Draws the page of the list that the address asks for."""
    place = asked_place(read_place)
    page = cache.fetch(access, FindCases(chosen, place.direction, place.cursor))
    st.caption(RULE)
    if not page.rows and place.direction is Direction.FIRST:
        st.info(_NOTHING)
        return
    case_table(access, page.rows)
    pager(_sentence(chosen, page, totals), page, key="cases")
    sums_line(access, chosen)


def sums(totals: pd.DataFrame) -> None:
    """What is overdue in each queue, a row a currency; a click narrows the list to it."""
    if totals.empty:
        return
    st.header("Overdue by currency", anchor=False)
    rows = zip(*(totals[name] for name in ("queue", "currency", "customers", "overdue")), strict=True)
    told = {(queue, currency): (int(customers), overdue) for queue, currency, customers, overdue in rows}
    currencies = sorted({currency for _, currency in told})
    columns: Columns[str] = [Column("Currency", str, "opener", 90), *(_of_queue(told, queue) for queue in Queue)]
    click = table(currencies, columns, key="sums", alt="Overdue totals, by queue and currency")
    if click is not None:
        queue = next((queue for queue in Queue if queue.label == click.column), None)
        go(CollectionFilter(queue, click.row).to_params())


def _of_queue(told: Mapping[tuple[str, str], tuple[int, Decimal]], queue: Queue) -> Column[str]:
    def says(currency: str) -> str:
        if (queue.value, currency) not in told:
            return ""
        customers, overdue = told[queue.value, currency]
        return f"{formats.counted(customers, 'customer')}, {formats.money(overdue, currency)}"

    return Column(queue.label, says, "opener", 260)


def _sentence(chosen: CollectionFilter, page: Page[QueuedCustomer], totals: pd.DataFrame) -> str:
    whole = formats.counted(customers_in(totals, chosen.queue, chosen.currency), "customer")
    return f"{formats.number(len(page.rows))} of {whole}: {chosen.describe()}."
