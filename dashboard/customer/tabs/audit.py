"""Audit: every changed field of the customer and of what belongs to it."""

import streamlit as st

from dashboard.customer.rows import older
from dashboard.kit import formats
from dashboard.kit.addresses import page_params
from dashboard.kit.tables.text_table import table
from data_access.queries.audit.customer_audit import CustomerAudit
from data_access.queries.customers.customer import Head
from data_access.store.access import Access


def draw(access: Access, head: Head) -> None:
    page = access.fetch(CustomerAudit(head.customer_id, page_params.below()))
    if not page.rows:
        st.text("No change has been recorded.")
        return
    table(
        {
            "When": [formats.moment(row.at, head.zone) for row in page.rows],
            "Who": [row.login for row in page.rows],
            "What": [row.action for row in page.rows],
            "Of": [row.entity for row in page.rows],
            "Field": [row.field for row in page.rows],
            "Old": [row.before for row in page.rows],
            "New": [row.after for row in page.rows],
            "Reason": [row.reason for row in page.rows],
        },
        alt="Changes, newest first",
    )
    older(page, key="audit")
