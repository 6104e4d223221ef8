"""Abbreviated dialing: how long short numbers may be, and what each of them dials."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dialing",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("longest", sa.Integer(), nullable=True),
        *_record("dialing"),
        sa.CheckConstraint("longest BETWEEN 1 AND 10", name=op.f("ck_dialing_longest_in_bounds")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_dialing_customer_id")),
    )
    op.create_table(
        "abbreviated_numbers",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(10).with_variant(sa.String(10, collation="C"), "postgresql"), nullable=False),
        sa.Column("target", sa.String(length=64), nullable=False),
        sa.Column("description", sa.String(length=100), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        *_record("abbreviated_numbers"),
        sa.CheckConstraint("number <> ''", name=op.f("ck_abbreviated_numbers_number_not_empty")),
    )
    standing = sa.text("removed_at IS NULL")
    op.create_index(
        "uq_abbreviated_numbers_customer_id_number", "abbreviated_numbers", ["customer_id", "number"], unique=True,
        sqlite_where=standing, postgresql_where=standing,
    )  # fmt: skip


def _record(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f(f"fk_{table}_customer_id_customers")),
    )
