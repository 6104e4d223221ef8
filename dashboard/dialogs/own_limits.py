"""The limits of the person who works, where they count: what may still be credited and refunded."""

import streamlit as st

from dashboard import formats
from data_access.access import Access
from data_access.queries.customer import Head
from data_access.queries.limits import OwnLimits


def own_limits(access: Access, head: Head) -> None:
    """One line; nothing for whom no limit holds."""
    own = access.fetch(OwnLimits(head.currency))
    if own is not None:
        at_once, left = (formats.money(part, own.currency) for part in (own.per_booking, own.left))
        st.caption(f"Your own limits: {at_once} at a time, {left} left in 24 hours.")
