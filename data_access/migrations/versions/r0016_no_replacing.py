"""Guards that an INSERT OR REPLACE cannot pass, and no invoice is deleted."""

from alembic import op

from data_access.migrations.guards import recreate

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    recreate(op.get_bind())
