"""Links: the URL of a page, with what the page should show."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NoReturn

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from dashboard.kit.addresses.leaving import leave_for
from dashboard.kit.addresses.navigation import PAGES
from dashboard.kit.feedback import escape
from data_access.base.permissions import Permission
from data_access.search.filter_params import Params
from data_access.store.access import Access

Shows = Mapping[str, Sequence[str]]


def link(
    file: str, label: str, *, shows: Shows | None = None, icon: str | None = None, help: str | None = None
) -> None:
    """Draws a link in words; what people typed may stand in the label."""
    st.page_link(_page(file), label=escape(label), icon=icon, help=help, query_params=list(_address(shows).items()))


@cache
def _page(file: str) -> StreamlitPage:
    """Made once: of a path, the platform looks for the file at each link."""
    entry = next(one for one in PAGES if one.file == file)
    return st.Page(entry.path, title=entry.title, icon="", url_path=file, default=entry.is_default)


def go_to(file: str, shows: Shows | None = None) -> NoReturn:
    """Leaves this page for another."""
    leave_for(file, _address(shows))


def open_customer(customer_id: int) -> NoReturn:
    """Leaves this page for a customer's."""
    go_to("customer", {"id": [str(customer_id)]})


def _address(shows: Shows | None) -> Params:
    return {name: list(values) for name, values in (shows or {}).items()}


def new_customer_button(access: Access) -> None:
    """The way to the form, for those who may add customers."""
    if access.actor.may(Permission.CUSTOMER_CREATE) and st.button(
        "New customer", icon=":material/add:", type="primary", key="new-customer"
    ):
        go_to("new_customer")
