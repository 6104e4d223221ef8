"""Overview: how the balance moved, beside everything that happened to the customer."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.customer.dialogs import edit_note
from dashboard.customer.sections import Drawn, Tab, older
from dashboard.customer.tabs.money import balance_chart
from dashboard.kit import formats
from dashboard.kit.addresses import page_params
from dashboard.kit.charts.plot import plot
from dashboard.kit.look.theme import theme_in_force
from dashboard.kit.markdown import lines, prose
from data_access.queries.billing.ledger import BalanceHistory
from data_access.queries.customers.customer import Head
from data_access.queries.timeline.timeline import Timeline, TimelineKind, TimelineLine
from data_access.store.access import Access

_ICONS: dict[TimelineKind, str] = {
    TimelineKind.STATUS: ":material/swap_horiz:",
    TimelineKind.MONEY: ":material/payments:",
    TimelineKind.INVOICE: ":material/receipt_long:",
    TimelineKind.NOTE: ":material/sticky_note_2:",
    TimelineKind.EDIT: ":material/edit:",
    TimelineKind.PLAN: ":material/event:",
    TimelineKind.MESSAGE: ":material/outgoing_mail:",
    TimelineKind.PROMISE: ":material/handshake:",
    TimelineKind.LIMIT: ":material/speed:",
    TimelineKind.COLLECTION: ":material/gavel:",
    TimelineKind.QUOTA: ":material/data_usage:",
}

_SHORT = 60


def _draw(access: Access, head: Head) -> None:
    drawn, told = st.columns(2, gap="medium")
    with drawn:
        _chart(access, head)
    with told:
        _timeline(access, head)


def _chart(access: Access, head: Head) -> None:
    bookings = access.fetch(BalanceHistory(head.customer_id))
    bookings["at"] = bookings["at"].dt.tz_convert(head.zone)
    if bookings.empty:
        st.text(balance_chart.NOTHING)
        return
    prepaid, limit = head.is_prepaid, None if head.is_prepaid else head.credit_limit
    figure = balance_chart.history(
        bookings, limit, head.currency, theme_in_force(), until=access.now(), prepaid=prepaid
    )
    alt = balance_chart.describe(bookings, head.currency, prepaid=prepaid)
    plot(figure, alt=alt, key=f"balance-{head.customer_id}")
    st.caption("Each booking is shown at its value date; Balance & credits lists them all.")


def _timeline(access: Access, head: Head) -> None:
    kinds = st.pills(
        "Show",
        list(TimelineKind),
        format_func=lambda kind: kind.label,
        selection_mode="multi",
        key="kinds",
        bind="query-params",
        on_change=page_params.go_to_top,
        label_visibility="collapsed",
        wrap=True,
    )
    page = access.fetch(Timeline(head.customer_id, tuple(sorted(kinds)), page_params.below()))
    if not page.rows:
        st.text("Nothing of this kind has happened yet.")
    with st.container(key="timeline", gap="xxsmall"):
        for are_notes, rows in groupby(page.rows, lambda line: line.kind is TimelineKind.NOTE):
            if are_notes:
                _notes(access, head, rows)
            else:
                st.markdown("\n\n".join(_said(line, head) for line in rows))
    older(page, key="timeline")


def _notes(access: Access, head: Head, rows: Iterable[TimelineLine]) -> None:
    for line in rows:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.markdown(_said(line, head), width="content")
            edit_note.button(access, head, line.id, where="timeline")


def _said(line: TimelineLine, head: Head) -> str:
    """When, what, who; a short detail stands beside it, a long one under it."""
    amount = f" {formats.exact_money(line.amount, head.currency)}" if line.amount is not None else ""
    who = f" :gray[by {prose(line.login)}]" if line.login else ""
    message = f"{_ICONS[line.kind]} **{prose(_when(line, head))}** {prose(line.what + amount)}"
    if not line.detail.strip():
        return message + who
    return (
        f"{message} · {prose(line.detail)}{who}"
        if len(line.detail) < _SHORT
        else f"{message}{who}  \n{lines(line.detail)}"
    )


def _when(line: TimelineLine, head: Head) -> str:
    return formats.moment(line.at, head.zone) if line.has_time else formats.day(_day(line.at, head.zone))


def _day(at: datetime, zone: str) -> datetime:
    return at.astimezone(ZoneInfo(zone))


TAB = Tab("Overview", (Drawn(_draw),))
