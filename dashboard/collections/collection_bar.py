"""The bar of collections: one queue or all, one currency or all, both in the URL. Its widgets have no key."""

import pandas as pd
import streamlit as st

from dashboard.kit import feedback, formats
from dashboard.kit.addresses.list_state import go, params
from data_access.queries.collections.collections import CollectionFilter, Queue
from data_access.queries.collections.sums import customers_in

_ALL = "all"


def collection_filter(totals: pd.DataFrame) -> CollectionFilter:
    """Draws the bar with the number in each queue; what the address asks for."""
    chosen, unread = CollectionFilter.from_params(params())
    with st.container(key="filters", horizontal=True, vertical_alignment="center", gap="small"):
        entered = CollectionFilter(_queue(chosen, totals), _currency(chosen, totals))
    if unread:
        st.warning(feedback.escape(" ".join(map(str, unread))), icon=":material/filter_alt_off:")
    if entered != chosen:
        go(entered.to_params())
    return chosen


def _queue(chosen: CollectionFilter, totals: pd.DataFrame) -> Queue | None:
    counts = {queue: customers_in(totals, queue, chosen.currency) for queue in Queue}
    words = {_ALL: f"All · {formats.number(sum(counts.values()))}"}
    words |= {queue.value: f"{queue.label} · {formats.number(count)}" for queue, count in counts.items()}
    now = chosen.queue.value if chosen.queue else _ALL
    picked = st.segmented_control(
        "Queue",
        list(words),
        default=now,
        format_func=words.__getitem__,
        required=True,
        label_visibility="collapsed",
        wrap=False,
    )
    return next((queue for queue in Queue if queue.value == picked), None)


def _currency(chosen: CollectionFilter, totals: pd.DataFrame) -> str:
    offered = list(dict.fromkeys(["", *sorted(totals["currency"]), chosen.currency]))
    picked = st.selectbox(
        "Currency", offered, offered.index(chosen.currency), width=150, label_visibility="collapsed",
        format_func=lambda currency: currency or "Any currency",
    )  # fmt: skip
    return picked or ""
