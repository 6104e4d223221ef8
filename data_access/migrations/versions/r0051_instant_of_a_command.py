"""The instant that a command dated its rows with: its lines of a timeline stand at one instant."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("command_log", sa.Column("applied_at", UtcDateTime(), nullable=True))
