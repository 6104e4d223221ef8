"""From when the days of a temporary limit count: the first increase of an unbroken row, and the end of the last one."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("first_raised_at", UtcDateTime(), nullable=True))
    op.add_column("customers", sa.Column("raise_ended_at", UtcDateTime(), nullable=True))
