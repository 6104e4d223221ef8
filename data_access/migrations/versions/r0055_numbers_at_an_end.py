"""The fee of a number has a currency of its own, and an account says what becomes of its numbers when it ends."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dids", sa.Column("fee_currency", sa.String(length=3), nullable=True))
    holder = "SELECT currency FROM customers WHERE customers.id = dids.customer_id"
    op.execute(f"UPDATE dids SET fee_currency = ({holder}) WHERE customer_id IS NOT NULL AND fee IS NOT NULL")
    op.add_column("accounts", sa.Column("numbers_at_end", sa.String(length=40), nullable=False, server_default="kept"))
