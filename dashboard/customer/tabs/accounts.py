"""Accounts: what the customer's services run on, and whether each can be used now."""

from collections.abc import Sequence

import streamlit as st

from dashboard.customer.sections import Rows, Tab
from dashboard.kit import formats
from dashboard.kit.tables.table import Column, Columns
from data_access.queries.customers.accounts import AccountRow, ListAccounts
from data_access.queries.customers.customer import Head


def _remark(_: Head, accounts: Sequence[AccountRow]) -> None:
    usable = sum(account.is_usable for account in accounts)
    all_of_them = formats.counted(len(accounts), "account")
    st.caption(f"{all_of_them}, {usable} usable now. Whether one can be used follows from the customer.")
    for why in dict.fromkeys(account.why for account in accounts if account.why):
        st.text(f"{formats.counted(sum(account.why == why for account in accounts), 'account')}: {why}")


_COLUMNS: Columns[AccountRow] = (
    Column("Account ID", lambda account: account.account_code),
    Column("Usable now", lambda account: "Yes" if account.is_usable else "No"),
    Column("Why", lambda account: account.why),
    Column("Kind", lambda account: account.kind),
    Column("Product", lambda account: account.product),
    Column("Activated", lambda account: formats.day(account.activated_on)),
    Column("Ended", lambda account: formats.day(account.ended_on) if account.ended_on else ""),
)
TAB = Tab("Accounts", (
    Rows(
        ListAccounts, lambda _access, _head: _COLUMNS, alt="Accounts of the customer", key="accounts",
        empty="This customer has no account yet.", remark=_remark,
    ),
))  # fmt: skip
