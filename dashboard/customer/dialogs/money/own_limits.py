"""The personal limits of the user, shown where they apply: how much may still be credited and refunded."""

import streamlit as st

from dashboard.kit.feedback import escape
from data_access.queries.customers.customer import Head
from data_access.queries.customers.limits import OwnLimits
from data_access.store.access import Access


def own_limits(access: Access, head: Head) -> None:
    """One line; nothing for whom no limit holds."""
    own = access.fetch(OwnLimits(head.currency))
    if own is not None:
        st.caption(escape(f"Your own limits: {own.says}."))
