"""What is asked of the card gateway leaves a row before it is sent; thresholds can go; a rated charge comes once."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime
from data_access.base.money import Amount
from data_access.migrations.guards import recreate

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "card_operations",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("card_payment_id", sa.Integer(), nullable=False),
        sa.Column("operation", _one_of("asked", "charge", "authorise", "capture", "void", "refund"), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("state", _one_of("askedstate", "asked", "unknown", "done", "refused"), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_card_operations_amount_above_zero")),
        _refers_to("customer_id", "customers"),
        _refers_to("card_payment_id", "card_payments"),
        _refers_to("transaction_id", "transactions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_operations")),
        sa.UniqueConstraint("key", name=op.f("uq_card_operations_key")),
    )
    op.create_index(op.f("ix_card_operations_customer_id"), "card_operations", ["customer_id"])
    op.create_index("ix_card_operations_payment", "card_operations", ["card_payment_id", "id"])
    _unique_among("card_operations", ["customer_id"], "state IN ('asked', 'unknown')")
    op.add_column("warning_thresholds", sa.Column("removed_at", UtcDateTime(), nullable=True))
    rated = "kind = 'usage_charge' AND reverses_id IS NULL AND reference <> ''"
    _unique_among("transactions", ["customer_id", "reference"], rated)
    recreate(op.get_bind())


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _refers_to(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_card_operations_{column}_{table}"))


def _unique_among(table: str, columns: list[str], some: str) -> None:
    name = "_".join(["uq", table, *columns])
    where = sa.text(some)
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)
