"""The page Exports: your own files, and how to get some."""

import streamlit as st

from dashboard.kit.addresses.links import link
from dashboard.lists.exports.kept_exports import kept_exports
from data_access.store.access import Access


def export_page(access: Access) -> None:
    """Everything below the title."""
    st.caption("Lists that take a while to write. Only you see yours here; each stands in the audit.")
    kept_exports(access, _none)


def _none() -> None:
    st.info("You keep no export. “Export” on the page Customers asks for one where the list is long.")
    link("customers", "Open Customers", icon=":material/groups:")
