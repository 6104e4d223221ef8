"""Indexes for archiving: a deleted booking is looked for in every column that could refer to it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table, column in (
        ("allocations", "refund_id"),
        ("card_payments", "payment_id"),
        ("card_operations", "transaction_id"),
    ):
        given = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_{table}_{column}", table, [column], sqlite_where=given, postgresql_where=given)
