"""Indexes for retention and lifts: who is under a legal hold, who is erased next, whose lift ends."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_customers_held",
        "customers",
        ["customer_code_key", "id"],
        sqlite_where=sa.text("legal_hold IS 1"),
        postgresql_where=sa.text("legal_hold IS true"),
    )
    for name, columns, given in (
        ("ix_customers_to_erase", ["bill_status", "terminated_at", "id"], "erased_at IS NULL"),
        (
            "ix_customers_suspension_lifted_until",
            ["suspension_lifted_until", "id"],
            "suspension_lifted_until IS NOT NULL",
        ),
    ):
        where = sa.text(given)
        op.create_index(name, "customers", columns, sqlite_where=where, postgresql_where=where)
