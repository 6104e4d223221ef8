"""Customers are told some days before what they topped up expires."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customer_classes", sa.Column("wallet_notice_days", sa.Integer(), nullable=True, server_default="3"))
    op.create_index("ix_top_ups_expires_on", "top_ups", ["expires_on", "id"])
