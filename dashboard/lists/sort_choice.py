"""The choice of the order of a list, as the address has it."""

import streamlit as st

from dashboard.kit import cache
from dashboard.kit.addresses.list_state import AFTER, BEFORE, PAGE, SORT, go, params
from data_access.base.permissions import Permission
from data_access.queries.lists.currencies import AreInOneCurrency
from data_access.queries.lists.customers import Selection
from data_access.queries.pagination.by_key import Sort, sort_for
from data_access.search.advanced_filter import AdvancedFilter
from data_access.search.expression import Condition
from data_access.search.filters import CustomerFilter
from data_access.search.search_fields import Operation
from data_access.store.access import Access


def sort_choice(access: Access, chosen: Selection) -> None:
    """Draws it; another order begins at its first page."""
    now = params()
    entered = sort_entered(access, now.get(SORT, []), chosen)
    if entered != now.get(SORT, []):
        go({name: values for name, values in now.items() if name not in (PAGE, AFTER, BEFORE)} | {SORT: entered})


def sort_entered(access: Access, now: list[str], chosen: Selection) -> list[str]:
    """Draws it and gives what it says; what the address asks in vain stays until something is chosen.

    Balances are offered as an order where they can be compared: in one currency.
    """
    usual = sort_for(access.actor, None)
    shown = next((sort for sort in Sort if now == [sort.value]), usual)
    compares = is_in_one_currency(chosen) or cache.fetch(access, AreInOneCurrency())
    left_out = set() if access.actor.may(Permission.PERSONAL_READ) else {Sort.NAME}
    left_out |= set() if compares else {Sort.BALANCE}
    offered = [sort for sort in Sort if sort not in left_out or sort is shown]
    picked = st.selectbox(
        "Sorted by", offered, offered.index(shown), label_visibility="collapsed", width=150,
        format_func=lambda sort: _label(sort, is_mixed=sort is Sort.BALANCE and not compares),
    )  # fmt: skip
    if picked is shown or picked is None:
        return now
    return [] if picked is usual else [picked.value]


def is_in_one_currency(chosen: Selection) -> bool:
    """Whether a filter leaves customers of one currency only."""
    if not isinstance(chosen, CustomerFilter | AdvancedFilter):
        return False
    alone = [part for part in chosen.conditions if isinstance(part, Condition)]
    equals = (Operation.IS, Operation.IS_ONE_OF)
    return any(c.field == "currency" and c.operation in equals and len(c.values) == 1 for c in alone)


def _label(sort: Sort, *, is_mixed: bool) -> str:
    label = f"By {sort.label}" if "first" not in sort.label else sort.label.capitalize()
    return f"{label}, currencies mixed" if is_mixed else label
