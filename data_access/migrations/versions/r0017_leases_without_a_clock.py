"""Leases count signs of life instead of naming a time: a clock that jumps stops no job."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM leases")  # laid out again by whoever runs a job next
    with op.batch_alter_table("leases", reflect_kwargs={"resolve_fks": False}) as leases:
        leases.drop_column("until")
        leases.add_column(sa.Column("beats", sa.Integer(), nullable=False))
