"""The address of a page about one thing: which customer or invoice, and how far down its lists one has gone."""

import streamlit as st

from data_access.errors import NotFound

_LARGEST_ID = 2**31 - 1
_ID, _BELOW = "id", "below"


def customer_id() -> int:
    """The customer that the address asks for; NotFound for a damaged address, as for an unknown customer."""
    return _id("The customer")


def invoice_id() -> int:
    """The invoice that the address asks for; NotFound for a damaged address, as for an unknown invoice."""
    return _id("The invoice")


def _id(called: str) -> int:
    text = st.query_params.get(_ID, "")
    if not (text.isascii() and text.isdigit() and 0 < int(text[:20]) <= _LARGEST_ID):
        raise NotFound(called)
    return int(text)


def below() -> str:
    """The place in a list below which the page begins; empty at its top."""
    return st.query_params.get(_BELOW, "")


def go_below(place: str) -> None:
    """Goes on down a list."""
    st.query_params[_BELOW] = place


def go_to_top() -> None:
    """Goes back to the top of the list: the newest."""
    st.query_params.pop(_BELOW, None)
