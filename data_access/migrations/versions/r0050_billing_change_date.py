"""Another billing period begins on a change date, from which anniversaries and 30 days are counted."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("billing_counted_from", sa.Date(), nullable=True))
    op.add_column("customers", sa.Column("next_billing_period", sa.String(length=40), nullable=True))
    op.add_column("customers", sa.Column("billing_change_on", sa.Date(), nullable=True))
