"""No invoice total has more decimals than its currency; a class says whether it wants invoices of zero."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_MOST = "CASE COALESCE(currency, '') WHEN 'JPY' THEN 0 WHEN 'KWD' THEN 3 WHEN '' THEN 3 ELSE 2 END"


def upgrade() -> None:
    op.execute(f"UPDATE customer_classes SET rounding_decimals = NULL WHERE rounding_decimals > {_MOST}")
    with op.batch_alter_table("customer_classes", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("zero_invoices", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.drop_constraint(batch.f("ck_customer_classes_rounding_decimals_in_bounds"), type_="check")
        batch.create_check_constraint(
            batch.f("ck_customer_classes_rounding_decimals_in_bounds"), f"rounding_decimals BETWEEN 0 AND {_MOST}"
        )
