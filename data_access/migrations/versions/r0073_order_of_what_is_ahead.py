"""What is ahead is read in order of time, whatever its kind."""

from alembic import op

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_foreseen_steps_at", "foreseen_steps", ["at", "customer_id"])
