"""Audit: every changed field of the customer and of what belongs to it."""

import streamlit as st

from dashboard.customer.rows import older
from dashboard.kit import formats
from dashboard.kit.addresses import page_params
from dashboard.kit.tables.table import Column, Columns, table
from data_access.queries.audit.customer_audit import AuditRow, CustomerAudit
from data_access.queries.customers.customer import Head
from data_access.store.access import Access


def draw(access: Access, head: Head) -> None:
    page = access.fetch(CustomerAudit(head.customer_id, page_params.below()))
    if not page.rows:
        st.text("No change has been recorded.")
        return
    columns: Columns[AuditRow] = (
        Column("When", lambda row: formats.moment(row.at, head.zone)),
        Column("Who", lambda row: row.login),
        Column("What", lambda row: row.action),
        Column("Of", lambda row: row.entity),
        Column("Field", lambda row: row.field),
        Column("Old", lambda row: row.before),
        Column("New", lambda row: row.after),
        Column("Reason", lambda row: row.reason),
    )
    table(page.rows, columns, alt="Changes, newest first")
    older(page, key="audit")
