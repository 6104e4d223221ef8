"""A message that says nothing true any more when it is to be sent is dropped."""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("messages", reflect_kwargs={"resolve_fks": False}) as batch:
        name = batch.f("ck_messages_messagestate")
        batch.drop_constraint(name, type_="check")
        batch.create_check_constraint(name, "state IN ('waiting', 'sent', 'failed', 'dropped')")
