"""A first password, made by someone else, has to be changed."""

import sqlalchemy as sa
from alembic import op

from data_access.migrations.guards import recreate

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("must_change_password", sa.Boolean(), server_default=sa.false(), nullable=False))
    recreate(op.get_bind())
