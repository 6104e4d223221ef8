"""Exports that the worker writes: what was asked for, how far it has come, and until when the file is kept."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

_TABLE = "export_files"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("page", sa.String(length=40), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("selection", sa.Text(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("fileformat", "csv", "xlsx", "parquet"), nullable=False),
        sa.Column("content", _choice("exportcontent", "list", "next", "everything"), nullable=False),
        sa.Column("reseller_id", sa.Integer(), nullable=True),
        sa.Column("shows_personal", sa.Boolean(), nullable=False),
        sa.Column("file", sa.String(length=60), nullable=False),
        sa.Column("state", _choice("exportstate", "asked", "ready", "cancelled", "refused", "removed"), nullable=False),
        sa.Column("written", sa.Integer(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("kept_until", UtcDateTime(), nullable=True),
        sa.Column("why", sa.String(length=400), nullable=False),
        sa.Column("is_cleared", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_files")),
        _refers_to("person_id", "people"),
        _refers_to("reseller_id", "resellers"),
    )
    op.create_index("ix_export_files_person_id", _TABLE, ["person_id", "id"])
    op.create_index("ix_export_files_state", _TABLE, ["state", "is_cleared", "id"])


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _refers_to(column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{_TABLE}_{column}_{other}"))
