"""Customers are counted, and what they owe is added up, by their country too; filled by a later step."""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

_TIMED = sa.text("suspension_lifted_until IS NOT NULL OR temporary_limit_until IS NOT NULL")
_COLUMNS = (
    "balance_control", "bill_status", "blocked", "service_limited", "suspension_lifted_until", "id", "balance",
    "credit_limit", "temporary_limit", "temporary_limit_until", "currency", "customer_class_id", "reseller_id",
    "country",
)  # fmt: skip


def upgrade() -> None:
    for table in ("customer_counts", "overdue_sums"):
        op.execute(f"DELETE FROM {table}")
        with op.batch_alter_table(table, reflect_kwargs={"resolve_fks": False}) as batch:
            batch.add_column(sa.Column("country", sa.String(length=2), nullable=False))
    op.drop_index("ix_customers_timed", "customers")
    op.create_index("ix_customers_timed", "customers", _COLUMNS, sqlite_where=_TIMED, postgresql_where=_TIMED)
