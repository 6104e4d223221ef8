"""The address of a list: its filter, its order and the place where the page begins."""

import streamlit as st

from dashboard.kit.addresses.leaving import unmarked
from data_access.base.text.numerals import LARGEST_ID, whole_number
from data_access.search.filter_params import Params

SORT, COLUMNS, PAGE, AFTER, BEFORE, AT = "sort", "columns", "page", "after", "before", "at"
_PLACE = (PAGE, AFTER, BEFORE, AT)


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


def to_the_beginning() -> None:
    """Leaves the place in a list: for widgets that keep what they say in the address themselves."""
    for name in _PLACE:
        st.query_params.pop(name, None)


def without_place(address: Params) -> Params:
    """The same list from its beginning."""
    return {name: values for name, values in address.items() if name not in _PLACE}
