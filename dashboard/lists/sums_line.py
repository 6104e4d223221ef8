"""The sums under a list: what is owed and overdue in each currency, over everything found and not only the page."""

import streamlit as st

from dashboard.kit import cache
from dashboard.kit.formats import money, number
from data_access.queries.collections.sums import CurrencySum, OwedByCurrency
from data_access.queries.lists.counts import CAP
from data_access.queries.lists.customers import Selection
from data_access.store.access import Access


def sums_line(access: Access, selection: Selection) -> None:
    """Draws it; currencies are never added together."""
    found = cache.fetch(access, OwedByCurrency(selection))
    with st.container(key="list-sums", horizontal=True, gap="medium"):
        if found is None:
            st.text(f"Together: not added up, for more than {number(CAP)} customers are found.")
            return
        st.text("Together:" if found else "Together: nothing is owed.")
        for each in found:
            st.text(_says(each))


def _says(each: CurrencySum) -> str:
    overdue = f"{money(each.overdue, each.currency)} overdue" if each.overdue else "nothing overdue"
    return f"{money(each.owed, each.currency)} owed, {overdue}"
