"""Of bookings and invoices few are a person's and few replace another one: their indexes hold those alone."""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name, table, columns in (
        ("ix_transactions_person_at", "transactions", ["person_id", "at"]),
        ("ix_invoices_replaces_id", "invoices", ["replaces_id"]),
    ):
        where = sa.text(f"{columns[0]} IS NOT NULL")
        op.drop_index(name, table)
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
