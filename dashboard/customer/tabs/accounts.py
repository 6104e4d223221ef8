"""Accounts: what the customer's services run on, and whether each can be used now."""

from collections.abc import Sequence

import streamlit as st

from dashboard.customer.actions import Action, chosen
from dashboard.customer.dialogs.services import accounts
from dashboard.customer.sections import Rows, Tab
from dashboard.kit import formats
from dashboard.kit.tables.field_column import field_column
from dashboard.kit.tables.table import Column, Columns
from data_access.base.permissions import Permission
from data_access.domain.sections import ACCOUNT
from data_access.queries.customers.accounts import AccountRow, ListAccounts
from data_access.queries.customers.customer import Head
from data_access.store.access import Access

_NEEDS = Permission.SERVICE_EDIT


def _remark(_: Head, rows: Sequence[AccountRow]) -> None:
    usable = sum(account.is_usable for account in rows)
    all_of_them = formats.counted(len(rows), "account")
    st.caption(f"{all_of_them}, {usable} usable now. Whether one can be used follows from the customer too.")
    for why in dict.fromkeys(account.why for account in rows if account.why):
        st.text(f"{formats.counted(sum(account.why == why for account in rows), 'account')}: {why}")


def _actions(_: Head, row: AccountRow | None) -> list[Action]:
    about = chosen(row, lambda one: one.account_id, "Choose an account in the table first.")
    is_blocked = row is not None and row.blocked
    block = (
        (accounts.UNBLOCK, "Unblock", ":material/lock_open:")
        if is_blocked
        else (accounts.BLOCK, "Block", ":material/lock:")
    )
    return [
        Action(accounts.ADD, "Add an account", ":material/add_circle:", _NEEDS, edits=True),
        Action(accounts.EDIT, "Change", ":material/edit:", _NEEDS, about.subject, about.obstacle, edits=True),
        Action(*block, _NEEDS, about.subject, about.obstacle, edits=True),
        Action(accounts.CLOSE, "Close", ":material/cancel:", _NEEDS, about.subject, about.obstacle, edits=True),
    ]


def _own_limit(row: AccountRow, head: Head) -> str:
    if row.own_limit is None:
        return "no limit of its own"
    return f"{formats.exact_money(row.spent, head.currency)} of {formats.exact_money(row.own_limit, head.currency)}"


def _columns(_: Access, head: Head) -> Columns[AccountRow]:
    return (
        field_column(ACCOUNT["account_code"]),
        Column("Usable now", lambda account: "Yes" if account.is_usable else "No"),
        Column("Why", lambda account: account.why),
        field_column(ACCOUNT["kind"]),
        field_column(ACCOUNT["product"]),
        Column("Own limit, used", lambda account: _own_limit(account, head)),
        field_column(ACCOUNT["activated_on"]),
        Column("Ended on", lambda account: formats.day(account.ended_on) if account.ended_on else ""),
        Column("Login", lambda account: account.login),
    )


TAB = Tab("Accounts", (
    Rows(
        ListAccounts, _columns, alt="Accounts of the customer", key="accounts",
        empty="This customer has no account yet.", remark=_remark, actions=_actions,
    ),
))  # fmt: skip
