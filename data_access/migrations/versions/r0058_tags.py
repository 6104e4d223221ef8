"""Tags, and which customer has which."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime
from data_access.migrations.guards import recreate

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

_KEY = sa.String(length=160).with_variant(sa.String(160, collation="C"), "postgresql")
_STANDING = sa.text("removed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "tags",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("name_key", _KEY, nullable=False),
        sa.Column("description", sa.String(length=400), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tags")),
    )
    op.create_table(
        "customer_tags",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *(
            sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_customer_tags_{column}_{other}"))
            for column, other in (("customer_id", "customers"), ("tag_id", "tags"))
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_tags")),
    )
    for column in ("customer_id", "tag_id"):
        op.create_index(op.f(f"ix_customer_tags_{column}"), "customer_tags", [column])
    _once("tags", "name_key")
    _once("customer_tags", "customer_id", "tag_id")
    recreate(op.get_bind())


def _once(table: str, *columns: str) -> None:
    op.create_index(
        f"uq_{table}_{'_'.join(columns)}", table, list(columns), unique=True,
        sqlite_where=_STANDING, postgresql_where=_STANDING,
    )  # fmt: skip
