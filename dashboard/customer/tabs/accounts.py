"""Accounts: what the customer's services run on, and whether each can be used now."""

import streamlit as st

from dashboard.kit import formats
from dashboard.kit.tables.text_table import table
from data_access.queries.customers.accounts import ListAccounts
from data_access.queries.customers.customer import Head
from data_access.store.access import Access


def draw(access: Access, head: Head) -> None:
    accounts = access.fetch(ListAccounts(head.customer_id))
    if not accounts:
        st.text("This customer has no account yet.")
        return
    usable = sum(account.is_usable for account in accounts)
    all_of_them = formats.counted(len(accounts), "account")
    st.caption(f"{all_of_them}, {usable} usable now. Whether one can be used follows from the customer.")
    for why in dict.fromkeys(account.why for account in accounts if account.why):
        st.text(f"{formats.counted(sum(account.why == why for account in accounts), 'account')}: {why}")
    table(
        {
            "Account ID": [account.account_code for account in accounts],
            "Usable now": ["Yes" if account.is_usable else "No" for account in accounts],
            "Why": [account.why for account in accounts],
            "Kind": [account.kind for account in accounts],
            "Product": [account.product for account in accounts],
            "Activated": [formats.day(account.activated_on) for account in accounts],
            "Ended": [formats.day(account.ended_on) if account.ended_on else "" for account in accounts],
        },
        alt="Accounts of the customer",
    )
