"""The URL of a list: its filter, its order and where the page begins, or the view that replaces them."""

from contextvars import ContextVar
from dataclasses import dataclass, field

import streamlit as st

from dashboard.kit.addresses.leaving import unmarked
from data_access.base.text.numerals import LARGEST_ID, whole_number
from data_access.search.filter_params import Params

SORT, COLUMNS, SIZE, PAGE, AFTER, BEFORE, AT = "sort", "columns", "size", "page", "after", "before", "at"
VIEW, NO_VIEW = "view", "none"
_PLACE = (PAGE, AFTER, BEFORE, AT)


@dataclass(frozen=True, slots=True)
class InPlace:
    """What stands in place of an address that says nothing but a view. `opens_so`: also of one that says nothing."""

    params: Params = field(default_factory=dict)
    opens_so: bool = False


_IN_PLACE: ContextVar[InPlace | None] = ContextVar("in-place", default=None)


def put_in_place(shown: InPlace | None) -> None:
    """For the rest of this run."""
    _IN_PLACE.set(shown)


def written_params() -> Params:
    """The address, as it was written."""
    return unmarked({name: list(st.query_params.get_all(name)) for name in st.query_params})


def says_nothing_else(address: Params) -> bool:
    """Whether an address names a view and a place in its list at most."""
    return all(name in (VIEW, *_PLACE) for name in address)


def params() -> Params:
    """The whole address; that of the view where it says nothing else."""
    address, shown = written_params(), _IN_PLACE.get()
    return {**shown.params, **address} if shown is not None and says_nothing_else(address) else address


def asked_number(name: str, highest: int = LARGEST_ID) -> int | None:
    """The whole number that the address gives under a name; None where it gives none."""
    try:
        return whole_number("".join(params().get(name, [])[:1]), 0, highest)
    except ValueError:
        return None


def go(wanted: Params) -> None:
    """Changes the address, which makes an entry in the history, and draws the page again.

    What is left when the last condition of a view is taken away is the whole list, not the view again.
    """
    filled = {name: values for name, values in wanted.items() if any(values)}
    shown = _IN_PLACE.get()
    if shown is not None and says_nothing_else(filled):
        filled = {name: values for name, values in filled.items() if name != VIEW}
        filled |= {VIEW: [NO_VIEW]} if shown.opens_so else {}
    st.query_params.from_dict(filled)
    st.rerun()


def open_view(view_id: int | None) -> None:
    """The list as a view has it; None: the whole list."""
    if view_id is None:
        go({})
    st.query_params.from_dict({VIEW: [str(view_id)]})
    st.rerun()


def to_the_beginning() -> None:
    """Leaves the place in a list: for widgets that keep what they say in the address themselves."""
    for name in _PLACE:
        st.query_params.pop(name, None)


def without_place(address: Params) -> Params:
    """The same list from its beginning."""
    return {name: values for name, values in address.items() if name not in _PLACE}
