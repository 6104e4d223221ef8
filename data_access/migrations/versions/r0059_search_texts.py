"""What customers are found by is kept, with an index of trigrams."""

import sqlalchemy as sa
from alembic import op

from data_access.migrations import searching
from data_access.migrations.guards import recreate

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

_SEARCHED = (
    "code", "name", "contact", "email", "phone", "place", "reference", "tax_id", "account", "login", "did",
)  # fmt: skip


def upgrade() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    if on_postgresql:
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.create_table(
        "search_texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _SEARCHED),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_texts")),
    )
    searching.index_whole(op.get_bind())
    if on_postgresql:
        op.create_index(
            "ix_search_texts_trigrams", "search_texts", [*_SEARCHED], postgresql_using="gin",
            postgresql_ops=dict.fromkeys(_SEARCHED, "gin_trgm_ops"),
        )  # fmt: skip
    recreate(op.get_bind())
