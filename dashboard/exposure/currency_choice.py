"""The choice of one currency: in the URL, and never more than one at a time."""

from collections.abc import Sequence

import streamlit as st

from dashboard.kit.addresses.list_state import go, params

PARAM = "currency"


def chosen_currency(offered: Sequence[str]) -> str:
    """Draws the choice; the currency in the address, or the first of those offered."""
    address = params()
    requested = "".join(address.get(PARAM, [])[:1]).upper()
    now = requested if requested in offered else offered[0]
    with st.container(key="choices-currency"):
        picked = st.segmented_control(
            "Currency", offered, default=now, required=True, label_visibility="collapsed", wrap=False
        )
    if picked != now:
        go(address | {PARAM: [picked]})
    if requested and requested != now:
        st.caption(f"There are no customers in the currency of this address: showing {now}.")
    return now
