"""Audit: every changed field of the customer and of what belongs to it."""

from dashboard.customer.sections import Rows, Tab
from dashboard.kit import formats
from dashboard.kit.addresses import page_params
from dashboard.kit.tables.table import Column, Columns
from data_access.queries.audit.customer_audit import AuditRow, CustomerAudit
from data_access.queries.customers.customer import Head
from data_access.store.access import Access


def _columns(_: Access, head: Head) -> Columns[AuditRow]:
    return (
        Column("When", lambda row: formats.moment(row.at, head.zone)),
        Column("Who", lambda row: row.login),
        Column("What", lambda row: row.action),
        Column("Of", lambda row: row.entity),
        Column("Field", lambda row: row.field),
        Column("Old", lambda row: row.before),
        Column("New", lambda row: row.after),
        Column("Reason", lambda row: row.reason),
    )


TAB = Tab("Audit", (
    Rows(
        lambda customer_id: CustomerAudit(customer_id, page_params.below()), _columns, alt="Changes, newest first",
        key="audit", empty="No change has been recorded.",
    ),
))  # fmt: skip
