"""Retention is read off indexes: who is erased next class by class, and who was erased last."""

import sqlalchemy as sa
from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_customers_to_erase", "customers")
    for name, columns, given in (
        (
            "ix_customers_to_erase",
            ["customer_class_id", "terminated_at", "id"],
            "erased_at IS NULL AND bill_status = 'permanently_terminated'",
        ),
        ("ix_customers_erased_at", ["erased_at", "id"], "erased_at IS NOT NULL"),
    ):
        where = sa.text(given)
        op.create_index(name, "customers", columns, sqlite_where=where, postgresql_where=where)
