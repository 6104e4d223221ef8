"""How a payment that was entered by hand came in; blank where nobody said."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("transactions", sa.Column("method", sa.String(length=20), nullable=True))
