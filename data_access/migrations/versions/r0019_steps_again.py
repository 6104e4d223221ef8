"""A step of collection is taken again about an invoice that was paid, and whose payment was taken back."""

from alembic import op

from data_access.migrations.guards import recreate

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("collection_steps", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint(batch.f("uq_collection_steps_invoice_id_step_days"), type_="unique")
        batch.create_unique_constraint(
            batch.f("uq_collection_steps_invoice_id_step_days_at"), ["invoice_id", "step", "days", "at"]
        )
    recreate(op.get_bind())
