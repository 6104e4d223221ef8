"""An index of currencies: whether the balances of all customers can be compared."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    live = sa.text("bill_status <> 'permanently_terminated'")
    op.create_index("ix_customers_live_currency", "customers", ["currency"], sqlite_where=live, postgresql_where=live)
