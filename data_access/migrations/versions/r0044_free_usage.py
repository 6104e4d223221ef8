"""Usage that is measured may cost nothing: rates can be zero."""

from alembic import op

from data_access.migrations.guards import recreate

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("measured_uses", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint(batch.f("ck_measured_uses_price_above_zero"), type_="check")
        batch.create_check_constraint(batch.f("ck_measured_uses_price_not_negative"), "price >= 0")
    recreate(op.get_bind())
