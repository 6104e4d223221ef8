"""Life cycle: how the customer is billed, what is scheduled or promised, and the history of its status."""

import streamlit as st

from dashboard.customer.tabs import promises
from dashboard.kit import formats, viewer
from dashboard.kit.markdown import prose
from dashboard.kit.tables.text_table import table
from data_access.base.text.labels import word
from data_access.queries.customers.customer import Head
from data_access.queries.timeline.history import ScheduledChanges, StatusHistory
from data_access.store.access import Access


def draw(access: Access, head: Head) -> None:
    st.caption(prose(f"Billing time zone {head.zone} · billing period {word(head.billing_period).lower()}"))
    st.header("Scheduled status changes", anchor=False)
    _scheduled(access, head)
    st.header("Promises to pay", anchor=False)
    promises.draw(access, head)
    st.header("Status history", anchor=False)
    _history(access, head)


def _scheduled(access: Access, head: Head) -> None:
    scheduled = access.fetch(ScheduledChanges(head.customer_id))
    if not scheduled:
        st.text("Nothing is scheduled.")
        return
    today = viewer.today(access)
    table(
        {
            "On": [formats.day_and_distance(row.on, today) if row.on else "" for row in scheduled],
            "What happens": [row.what for row in scheduled],
            "State": [row.state for row in scheduled],
            "By": [row.login for row in scheduled],
            "Reason": [row.reason for row in scheduled],
        },
        alt="Scheduled status changes",
    )


def _history(access: Access, head: Head) -> None:
    history = access.fetch(StatusHistory(head.customer_id))
    if not history:
        st.text("No status change has been recorded.")
        return
    table(
        {
            "When": [formats.moment(row.at, head.zone) for row in history],
            "What": [row.what for row in history],
            "From": [row.status_from for row in history],
            "To": [row.status_to for row in history],
            "Blocked": ["Yes" if row.blocked else "No" for row in history],
            "By": [row.login for row in history],
            "Reason": [row.reason for row in history],
        },
        alt="Status history, newest first",
    )
