"""How many periods close on which day and in which zone is read off an index."""

import sqlalchemy as sa
from alembic import op

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None

_CLOSES = sa.text("closes_at IS NOT NULL")


def upgrade() -> None:
    columns = ["closes_at", "billing_zone", "bill_status"]
    op.create_index("ix_customers_closing", "customers", columns, sqlite_where=_CLOSES, postgresql_where=_CLOSES)
