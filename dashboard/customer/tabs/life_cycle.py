"""Life cycle: how the customer is billed, what is scheduled or promised, and the history of its status."""

import streamlit as st

from dashboard.customer.sections import Drawn, Rows, Tab
from dashboard.customer.tabs.money import promises
from dashboard.kit import formats, viewer
from dashboard.kit.markdown import prose
from dashboard.kit.tables.table import Column, Columns
from data_access.base.text.labels import word
from data_access.queries.customers.customer import Head
from data_access.queries.timeline.history import HistoryRow, Scheduled, ScheduledChanges, StatusHistory
from data_access.store.access import Access


def _billed(_: Access, head: Head) -> None:
    st.caption(prose(f"Billing time zone {head.zone} · billing period {word(head.billing_period).lower()}"))


def _scheduled(access: Access, _: Head) -> Columns[Scheduled]:
    today = viewer.today(access)
    return (
        Column("On", lambda row: formats.day_and_distance(row.on, today) if row.on else ""),
        Column("What happens", lambda row: row.what),
        Column("State", lambda row: row.state),
        Column("By", lambda row: row.login),
        Column("Reason", lambda row: row.reason),
    )


def _history(_: Access, head: Head) -> Columns[HistoryRow]:
    return (
        Column("When", lambda row: formats.moment(row.at, head.zone)),
        Column("What", lambda row: row.what),
        Column("From", lambda row: row.status_from),
        Column("To", lambda row: row.status_to),
        Column("Blocked", lambda row: "Yes" if row.blocked else "No"),
        Column("By", lambda row: row.login),
        Column("Reason", lambda row: row.reason),
    )


TAB = Tab("Life cycle", (
    Drawn(_billed),
    Rows(
        ScheduledChanges, _scheduled, alt="Scheduled status changes", key="scheduled", empty="Nothing is scheduled.",
        title="Scheduled status changes",
    ),
    Drawn(promises.draw),
    Rows(
        StatusHistory, _history, alt="Status history, newest first", key="history",
        empty="No status change has been recorded.", title="Status history",
    ),
))  # fmt: skip
