"""Indexes of the commands that rows name: SQLite reads a table whole for each new command where one is missing."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = (
    "allocations", "archives", "collection_policies", "collection_steps", "messages", "promise_payments",
    "status_events",
)  # fmt: skip


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SET CONSTRAINTS ALL IMMEDIATE")  # rows of an earlier step wait for their check: no index before it
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_command_id"), table, ["command_id"])
