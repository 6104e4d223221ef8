"""Promises to pay on the tab Life cycle: each with what became of it and what paid it, and the ways to it."""

import streamlit as st

from dashboard.customer.actions import Action, action_buttons, chosen
from dashboard.customer.dialogs.calls import promises as dialogs
from dashboard.kit import formats
from dashboard.kit.tables.table import Column, Columns, chosen_row
from data_access.base.permissions import Permission
from data_access.base.statuses import BillStatus
from data_access.base.text.labels import word
from data_access.queries.collections.promises import PromiseRow, Promises, PromisesOf
from data_access.queries.customers.customer import Head
from data_access.store.access import Access

_NEEDS = Permission.CUSTOMER_LIFT
_FIRST = "Choose an open promise in the table first."


def record(head: Head) -> Action:
    """The way to record one."""
    gone = head.facts.bill_status is BillStatus.EXPORTED
    return Action(
        dialogs.RECORD, "Record promise", ":material/handshake:", _NEEDS,
        obstacle="The customer is exported: no promise is kept for it any more." if gone else "",
    )  # fmt: skip


def draw(access: Access, head: Head) -> None:
    """The ways to them, then the promises, latest first; none is said to be none."""
    st.header("Promises to pay", anchor=False)
    promises = access.fetch(PromisesOf(head.customer_id))
    slot = st.container()
    row = _table(promises, head)
    with slot:
        action_buttons(access, head, [record(head), _cancel(row)])


def _cancel(row: PromiseRow | None) -> Action:
    about = chosen(row, lambda one: one.promise_id, _FIRST)
    obstacle = f"This promise is already {row.state}." if row and not row.is_open else about.obstacle
    return Action(
        dialogs.CANCEL, "Cancel this promise", ":material/cancel:", _NEEDS, about.subject, obstacle, after_the_end=True
    )


def _table(promises: Promises, head: Head) -> PromiseRow | None:
    """The row that is chosen in it."""
    rows = promises.rows
    if not rows:
        st.text("Nothing has been promised.")
        return None
    if promises.broken:
        st.caption(f"{formats.counted(promises.broken, 'promise was', 'promises were')} broken by this customer.")
    columns: Columns[PromiseRow] = (
        Column("Amount", lambda row: formats.exact_money(row.amount, promises.currency), "amount"),
        Column("Before", lambda row: formats.day(row.due_on)),
        Column("State", lambda row: _state(row, head)),
        Column("Came in", lambda row: formats.exact_money(row.received, promises.currency), "amount"),
        Column("Paid by", lambda row: _paid_by(row, promises.currency)),
        Column("Recorded", lambda row: formats.moment(row.made_at, head.zone)),
        Column("By", lambda row: row.login),
        Column("Reason", lambda row: row.reason),
    )
    return chosen_row(rows, columns, key=f"promises-{head.customer_id}", alt="Promises to pay, latest first")


def _state(row: PromiseRow, head: Head) -> str:
    decided = f", {formats.moment(row.decided_at, head.zone)}" if row.decided_at else ""
    return f"{word(row.state)}{decided}"


def _paid_by(row: PromiseRow, currency: str) -> str:
    return "; ".join(
        f"{paid.kind} of {formats.day(paid.value_on)}, {formats.exact_money(paid.amount, currency)}"
        for paid in row.paid_by
    )
