"""A class can be deleted, but the default one, which is the first that there was."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("customer_classes", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("is_default", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("removed_at", UtcDateTime(), nullable=True))
    classes = sa.table("customer_classes", sa.column("id", sa.Integer), sa.column("is_default", sa.Boolean))
    first = sa.select(sa.func.min(classes.c.id)).scalar_subquery()
    op.execute(sa.update(classes).where(classes.c.id == first).values(is_default=sa.true()))
