"""An invoice issued in place of another keeps its due day, which may have passed."""

from alembic import op

from data_access.migrations.guards import recreate

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("invoices", reflect_kwargs={"resolve_fks": False}) as batch:
        name = batch.f("ck_invoices_due_not_before_issue")
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, "due_on >= issued_on OR replaces_id IS NOT NULL")
    recreate(op.get_bind())
