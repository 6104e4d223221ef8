"""A class says whether an invoice of fees alone costs a late fee."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("customer_classes", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("fees_on_fees", sa.Boolean(), nullable=False, server_default=sa.false()))
