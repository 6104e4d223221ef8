"""Service wallets: what can be topped up, what was, and what usage took of it."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime
from data_access.base.money import Amount
from data_access.migrations.guards import recreate

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "top_up_options",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "name_key", sa.String(length=160).with_variant(sa.String(160, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("unit", _unit(), nullable=False),
        sa.Column("fee", Amount(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("lifetime_days", sa.Integer(), nullable=False),
        sa.Column("is_offered", sa.Boolean(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_top_up_options_amount_above_zero")),
        sa.CheckConstraint("fee >= 0", name=op.f("ck_top_up_options_fee_not_negative")),
        sa.CheckConstraint("lifetime_days BETWEEN 1 AND 3650", name=op.f("ck_top_up_options_lifetime_in_bounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_top_up_options")),
    )
    standing = sa.text("removed_at IS NULL")
    op.create_index(
        "uq_top_up_options_name_key", "top_up_options", ["name_key"], unique=True,
        sqlite_where=standing, postgresql_where=standing,
    )  # fmt: skip
    _top_ups()
    _uses()
    recreate(op.get_bind())


def _top_ups() -> None:
    op.create_table(
        "top_ups",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("option_id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=True),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("unit", _unit(), nullable=False),
        sa.Column("quantity", Amount(), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_top_ups_quantity_above_zero")),
        sa.CheckConstraint("expires_on >= begun_on", name=op.f("ck_top_ups_expires_after_its_start")),
        _refers_to("top_ups", "customer_id", "customers"),
        _refers_to("top_ups", "option_id", "top_up_options"),
        _refers_to("top_ups", "transaction_id", "transactions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_top_ups")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_top_ups_transaction_id")),
    )
    op.create_index("ix_top_ups_customer_id", "top_ups", ["customer_id", "id"])
    op.create_index(op.f("ix_top_ups_option_id"), "top_ups", ["option_id"])


def _uses() -> None:
    op.create_table(
        "wallet_uses",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=False),
        sa.Column("top_up_id", sa.Integer(), nullable=False),
        sa.Column("quantity", Amount(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_wallet_uses_quantity_above_zero")),
        _refers_to("wallet_uses", "customer_id", "customers"),
        _refers_to("wallet_uses", "transaction_id", "transactions"),
        _refers_to("wallet_uses", "top_up_id", "top_ups"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wallet_uses")),
        sa.UniqueConstraint("transaction_id", "top_up_id", name=op.f("uq_wallet_uses_transaction_id_top_up_id")),
    )
    op.create_index(op.f("ix_wallet_uses_customer_id"), "wallet_uses", ["customer_id"])
    op.create_index(op.f("ix_wallet_uses_top_up_id"), "wallet_uses", ["top_up_id"])


def _unit() -> sa.Enum:
    units = ("minutes", "messages", "megabytes", "pieces")
    return sa.Enum(*units, name="unit", native_enum=False, create_constraint=True, length=40)


def _refers_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
