"""Counts of customers by what their status follows from are kept as the customers change; filled by a later step."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_TIMED = sa.text("suspension_lifted_until IS NOT NULL OR temporary_limit_until IS NOT NULL")

_ALIKE = ("balance_control", "bill_status", "blocked", "service_limited", "suspension_lifted_until")


def upgrade() -> None:
    op.create_table(
        "customer_counts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reseller_id", sa.Integer(), nullable=True),
        sa.Column("customer_class_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("balance_control", sa.String(length=40), nullable=False),
        sa.Column("bill_status", sa.String(length=40), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("service_limited", sa.Boolean(), nullable=False),
        sa.Column("used_up", sa.Boolean(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_counts")),
    )
    op.create_index("ix_customers_timed", "customers", [*_ALIKE, "id"], sqlite_where=_TIMED, postgresql_where=_TIMED)
