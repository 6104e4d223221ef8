"""The tab bar of a customer's page: only the open tab runs queries, and the URL names it."""

import streamlit as st

from dashboard.customer.sections import Tab
from dashboard.customer.tabs import accounts, address_info, audit, life_cycle, overview
from dashboard.customer.tabs.card import additional_info, custom_fields
from dashboard.customer.tabs.money import balance_and_credits, invoices_and_taxation, payment_method
from dashboard.customer.tabs.services import (
    abbreviated_dialing,
    dids,
    discounts,
    fraud_protection,
    measured_services,
    override_tariffs,
    quotas,
    self_care,
    service_configuration,
    subscriptions,
)
from dashboard.kit.addresses import page_params
from dashboard.kit.feedback import refusals
from data_access.queries.customers.customer import Head
from data_access.store.access import Access

_IN_ORDER = (
    overview,
    accounts,
    address_info,
    balance_and_credits,
    invoices_and_taxation,
    subscriptions,
    dids,
    quotas,
    discounts,
    measured_services,
    override_tariffs,
    life_cycle,
    payment_method,
    service_configuration,
    abbreviated_dialing,
    fraud_protection,
    self_care,
    additional_info,
    custom_fields,
    audit,
)
_FORMERLY = {"Quotas": quotas.TAB.title}  # what tabs were called in addresses that people have kept
TABS: dict[str, Tab] = {module.TAB.title: module.TAB for module in _IN_ORDER}


def draw(access: Access, head: Head) -> None:
    page_params.follow(_FORMERLY)
    tabs = {title: tab for title, tab in TABS.items() if tab.stands(head)}
    bar = st.tabs(list(tabs), key="tab", bind="query-params", on_change=page_params.go_to_top)
    for place, tab in zip(bar, tabs.values(), strict=True):
        if place.open:
            with place, refusals():
                for section in tab.sections:
                    section.draw(access, head)
