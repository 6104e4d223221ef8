"""Life cycle: how the customer is billed, what is scheduled or promised, and the history of its status."""

import streamlit as st

from dashboard.customer.tabs import promises
from dashboard.kit import formats, viewer
from dashboard.kit.markdown import prose
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.text.labels import word
from data_access.queries.customers.customer import Head
from data_access.queries.timeline.history import HistoryRow, Scheduled, ScheduledChanges, StatusHistory
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
    columns: Columns[Scheduled] = (
        Column("On", lambda row: formats.day_and_distance(row.on, today) if row.on else ""),
        Column("What happens", lambda row: row.what),
        Column("State", lambda row: row.state),
        Column("By", lambda row: row.login),
        Column("Reason", lambda row: row.reason),
    )
    table(scheduled, columns, alt="Scheduled status changes")


def _history(access: Access, head: Head) -> None:
    history = access.fetch(StatusHistory(head.customer_id))
    if not history:
        st.text("No status change has been recorded.")
        return
    columns: Columns[HistoryRow] = (
        Column("When", lambda row: formats.moment(row.at, head.zone)),
        Column("What", lambda row: row.what),
        Column("From", lambda row: row.status_from),
        Column("To", lambda row: row.status_to),
        Column("Blocked", lambda row: "Yes" if row.blocked else "No"),
        Column("By", lambda row: row.login),
        Column("Reason", lambda row: row.reason),
    )
    table(history, columns, alt="Status history, newest first")
