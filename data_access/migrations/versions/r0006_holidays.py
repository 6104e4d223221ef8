"""A holiday can become a working day again, and stays in the history."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime
from data_access.migrations.guards import recreate

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("holidays", sa.Column("removed_at", UtcDateTime(), nullable=True))
    recreate(op.get_bind())
