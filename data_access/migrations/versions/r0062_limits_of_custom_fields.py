"""Length and format of custom fields, and what the customer itself can do with them."""

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("custom_fields", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("longest", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("written_as", sa.String(length=40), nullable=False, server_default=""))
        batch.add_column(sa.Column("decimals", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("end_user", sa.String(length=40), nullable=False, server_default="hidden"))
        batch.create_check_constraint(batch.f("ck_custom_fields_longest_in_bounds"), "longest BETWEEN 1 AND 400")
        batch.create_check_constraint(
            batch.f("ck_custom_fields_enduser"), "end_user IN ('hidden', 'visible', 'editable')"
        )
        batch.create_check_constraint(batch.f("ck_custom_fields_decimals_in_bounds"), "decimals BETWEEN 0 AND 5")
