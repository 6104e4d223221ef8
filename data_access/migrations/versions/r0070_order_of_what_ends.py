"""Terminations and lifts that end soon are counted, and put in the order of names, off an index alone."""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, columns, given in (
        (
            "ix_customers_live_ending",
            ["terminate_on", "id", "billing_zone", "name_key", "bill_status"],
            "terminate_on IS NOT NULL AND bill_status <> 'permanently_terminated'",
        ),
        (
            "ix_customers_suspension_lifted_until",
            ["suspension_lifted_until", "id", "billing_zone", "name_key", "bill_status"],
            "suspension_lifted_until IS NOT NULL",
        ),
    ):
        where = sa.text(given)
        op.drop_index(name, "customers")
        op.create_index(name, "customers", columns, sqlite_where=where, postgresql_where=where)
