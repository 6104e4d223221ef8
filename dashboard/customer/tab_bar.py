"""The tab bar of a customer's page: only the open tab asks for anything, and the address names it."""

from collections.abc import Callable

import streamlit as st

from dashboard.customer.tabs import (
    accounts,
    address_info,
    audit,
    balance_and_credits,
    dids,
    invoices_and_taxation,
    life_cycle,
    overview,
    payment_method,
    quotas,
    subscriptions,
)
from dashboard.kit.addresses import page_params
from dashboard.kit.feedback import refusals
from data_access.queries.customers.customer import Head
from data_access.store.access import Access

TABS: dict[str, Callable[[Access, Head], None]] = {
    "Overview": overview.draw,
    "Accounts": accounts.draw,
    "Address info": address_info.draw,
    "Balance & credits": balance_and_credits.draw,
    "Invoices & taxation": invoices_and_taxation.draw,
    "Subscriptions": subscriptions.draw,
    "DIDs": dids.draw,
    "Quotas": quotas.draw,
    "Life cycle": life_cycle.draw,
    "Payment method": payment_method.draw,
    "Audit": audit.draw,
}


def draw(access: Access, head: Head) -> None:
    tabs = st.tabs(list(TABS), key="tab", bind="query-params", on_change=page_params.go_to_top)
    for tab, draw_tab in zip(tabs, TABS.values(), strict=True):
        if tab.open:
            with tab, refusals():
                draw_tab(access, head)
