"""What is overdue is added up by whether limit or funds are used up too, and until when a raised limit holds."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime
from data_access.migrations import counting
from data_access.migrations.guards import recreate

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM overdue_sums")
    with op.batch_alter_table("overdue_sums", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("used_up", sa.Boolean(), nullable=False))
        batch.add_column(sa.Column("raised_until", UtcDateTime(), nullable=True))
    counting.count_whole(op.get_bind())
    recreate(op.get_bind())
