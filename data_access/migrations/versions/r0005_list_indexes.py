"""Indexes for lists: counts by shown status from an index alone, and the longest overdue first."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_COUNTED = (
    "balance_control", "bill_status", "blocked", "service_limited", "suspension_lifted_until", "balance",
    "credit_limit", "temporary_limit", "temporary_limit_until", "currency", "customer_class_id", "reseller_id",
    "country", "created_at", "first_overdue_from", "terminate_on", "customer_code_key", "name_key", "email_key",
    "phone_key",
)  # fmt: skip


def upgrade() -> None:
    live = sa.text("bill_status <> 'permanently_terminated'")
    op.create_index("ix_customers_counted", "customers", [*_COUNTED])
    op.create_index(
        "ix_customers_live_overdue",
        "customers",
        ["first_overdue_from", "id"],
        sqlite_where=live,
        postgresql_where=live,
    )
