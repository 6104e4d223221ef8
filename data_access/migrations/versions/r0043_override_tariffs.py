"""Tariffs that override others for a customer."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_STANDING = sa.text("removed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "override_tariffs",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("original_id", sa.Integer(), nullable=False),
        sa.Column("override_id", sa.Integer(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("original_id <> override_id", name=op.f("ck_override_tariffs_two_tariffs")),
        _refers_to("override_tariffs", "customer_id", "customers"),
        _refers_to("override_tariffs", "original_id", "tariffs"),
        _refers_to("override_tariffs", "override_id", "tariffs"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_override_tariffs")),
    )
    op.create_index(
        "uq_override_tariffs_customer_id_original_id", "override_tariffs", ["customer_id", "original_id"], unique=True,
        sqlite_where=_STANDING, postgresql_where=_STANDING,
    )  # fmt: skip
    for column in ("original_id", "override_id"):
        op.create_index(op.f(f"ix_override_tariffs_{column}"), "override_tariffs", [column])


def _refers_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
