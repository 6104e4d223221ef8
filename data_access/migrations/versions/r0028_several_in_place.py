"""Several invoices may be issued in place of a void one, each over a part of its bookings."""

from alembic import op

from data_access.migrations.guards import recreate

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("invoices", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint(batch.f("uq_invoices_replaces_id"), type_="unique")
        batch.create_index(batch.f("ix_invoices_replaces_id"), ["replaces_id"])
    recreate(op.get_bind())
