"""The order of a list and the position in it, as the URL has them, and the widget for the order."""

from dataclasses import dataclass

import streamlit as st

from dashboard.kit import cache
from dashboard.kit.addresses.list_state import SORT, go, params, without_place
from dashboard.kit.addresses.pager import LOST, Place, asked_place
from data_access.base.permissions import Permission
from data_access.queries.lists.currencies import AreInOneCurrency
from data_access.queries.lists.customers import Selection
from data_access.queries.pagination.by_key import ORDERS, Sort, sort_for
from data_access.search.advanced_filter import AdvancedFilter
from data_access.search.expression import Condition
from data_access.search.filters import CustomerFilter
from data_access.search.operations import Operation
from data_access.store.access import Access


@dataclass(frozen=True, slots=True)
class Listing:
    """The order and the place that an address asks for; `unread` says what it asks in vain."""

    sort: Sort
    place: Place
    unread: str = ""


def listing(access: Access) -> Listing:
    """What the address asks for; what cannot be read is left out and said."""
    usual, wanted = sort_for(access.actor, None), "".join(params().get(SORT, [])[:1])
    known = next((sort for sort in Sort if sort == wanted), None)
    place = asked_place(ORDERS[known or usual].read)
    unknown = f"There is no sort order “{wanted}”: the list is sorted by {usual.label}." if wanted and not known else ""
    return Listing(known or usual, place, " ".join(filter(None, (unknown, LOST if place.is_lost else ""))))


def sort_choice(access: Access, chosen: Selection) -> None:
    """Draws it; another order begins at its first page."""
    now = params()
    entered = sort_entered(access, now.get(SORT, []), chosen)
    if entered != now.get(SORT, []):
        go(without_place(now) | {SORT: entered})


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
