"""The address of a list: its filter, its order and the place where the page begins."""

from dataclasses import dataclass

import streamlit as st

from dashboard.kit.addresses.leaving import unmarked
from data_access.base.text.numerals import LARGEST_ID, whole_number
from data_access.queries.pagination.by_key import Direction, Sort, read_cursor, sort_for
from data_access.search.filter_params import Params
from data_access.store.access import Access

SORT, PAGE, AFTER, BEFORE = "sort", "page", "after", "before"


@dataclass(frozen=True, slots=True)
class Listing:
    """The order and the place that an address asks for; `unread` says what it asks in vain."""

    sort: Sort
    direction: Direction = Direction.FIRST
    cursor: str = ""
    unread: str = ""


def params() -> Params:
    """The whole address, as it was written."""
    return unmarked({name: list(st.query_params.get_all(name)) for name in st.query_params})


def asked_number(name: str, highest: int = LARGEST_ID) -> int | None:
    """The whole number that the address gives under a name; None where it gives none."""
    try:
        return whole_number("".join(params().get(name, [])[:1]), 0, highest)
    except ValueError:
        return None


def go(wanted: Params) -> None:
    """Changes the address, which makes an entry in the history, and draws the page again."""
    st.query_params.from_dict({name: values for name, values in wanted.items() if any(values)})
    st.rerun()


def show_from(direction: Direction, cursor: str = "") -> None:
    """Goes to another page of the same list."""
    kept = {name: values for name, values in params().items() if name not in (PAGE, AFTER, BEFORE)}
    places: dict[Direction, Params] = {
        Direction.FIRST: {},
        Direction.LAST: {PAGE: [Direction.LAST.value]},
        Direction.AFTER: {AFTER: [cursor]},
        Direction.BEFORE: {BEFORE: [cursor]},
    }
    go(kept | places[direction])


def listing(access: Access) -> Listing:
    """What the address asks for; what cannot be read is left out and said."""
    address = params()
    sort, unread = _sort(access, address)
    for name, direction in ((AFTER, Direction.AFTER), (BEFORE, Direction.BEFORE)):
        if name in address:
            return _at(address[name][0], sort, direction, unread)
    is_last = address.get(PAGE) == [Direction.LAST.value]
    return Listing(sort, Direction.LAST if is_last else Direction.FIRST, unread=unread)


def _sort(access: Access, address: Params) -> tuple[Sort, str]:
    usual, wanted = sort_for(access.actor, None), address.get(SORT, [""])[0]
    known = next((sort for sort in Sort if sort == wanted), None)
    unread = (
        f"There is no sort order “{wanted}”: the list is sorted by {usual.label}." if wanted and known is None else ""
    )
    return known or usual, unread


def _at(cursor: str, sort: Sort, direction: Direction, unread: str) -> Listing:
    try:
        read_cursor(cursor, sort)
    except ValueError:
        lost = "The place in the list that this address gives cannot be read: showing the beginning."
        return Listing(sort, unread=f"{unread} {lost}".strip())
    return Listing(sort, direction, cursor, unread)
