"""The URL of a page about one record: which one, the position in its lists, what is being edited."""

from collections.abc import Mapping

import streamlit as st

from data_access.base.errors import NotFound
from data_access.base.text.numerals import whole_number

_ID, _BELOW, _CHANGE, _TAB = "id", "below", "change", "tab"


def customer_id() -> int:
    """The customer that the address asks for; NotFound for a damaged address, as for an unknown customer."""
    return _id("The customer")


def invoice_id() -> int:
    """The invoice that the address asks for; NotFound for a damaged address, as for an unknown invoice."""
    return _id("The invoice")


def class_id() -> int:
    """The customer class that the address asks for; NotFound for a damaged address, as for an unknown class."""
    return _id("The customer class")


def _id(called: str) -> int:
    try:
        return whole_number(st.query_params.get(_ID, ""), 1)
    except ValueError as damaged:
        raise NotFound(called) from damaged


def below() -> str:
    """The place in a list below which the page begins; empty at its top."""
    return st.query_params.get(_BELOW, "")


def go_below(place: str) -> None:
    """Goes on down a list."""
    st.query_params[_BELOW] = place


def go_to_top() -> None:
    """Goes back to the top of the list: the newest."""
    st.query_params.pop(_BELOW, None)


def tab() -> str:
    """The tab that is open; empty: the first one."""
    return st.query_params.get(_TAB, "")


def follow(renamed: Mapping[str, str]) -> None:
    """Opens the tab that one of an earlier address is called by now."""
    if tab() in renamed:
        st.query_params[_TAB] = renamed[tab()]
        st.rerun()


def changing() -> str:
    """What of the page is being changed; empty: nothing."""
    return st.query_params.get(_CHANGE, "")


def change(what: str) -> None:
    """Opens the form for a part of the page."""
    st.query_params[_CHANGE] = what


def stop_changing() -> None:
    """Closes whichever form is open."""
    st.query_params.pop(_CHANGE, None)
