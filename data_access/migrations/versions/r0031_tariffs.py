"""Tariffs with their rates, and the tariff that a customer class names."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime
from data_access.base.money import Amount
from data_access.models.base import key_type

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_STANDING = sa.text("removed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "tariffs",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", key_type(160), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("description", sa.String(length=400), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        *_record("tariffs"),
    )
    _one_that_stands("tariffs", "name_key")
    op.create_table(
        "rates",
        sa.Column("tariff_id", sa.Integer(), nullable=False),
        sa.Column("prefix", key_type(15), nullable=False),
        sa.Column("destination", sa.String(length=80), nullable=False),
        sa.Column("price", Amount(), nullable=False),
        sa.Column("message_price", Amount(), nullable=True),
        sa.Column("first_seconds", sa.Integer(), nullable=False),
        sa.Column("next_seconds", sa.Integer(), nullable=False),
        sa.Column("free_seconds", sa.Integer(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("prefix <> ''", name=op.f("ck_rates_prefix_not_empty")),
        sa.CheckConstraint("price >= 0 AND message_price >= 0", name=op.f("ck_rates_prices_not_negative")),
        sa.CheckConstraint(
            "first_seconds >= 1 AND next_seconds >= 1 AND free_seconds >= 0", name=op.f("ck_rates_seconds_in_bounds")
        ),
        _refers_to("rates", "tariff_id", "tariffs"),
        *_record("rates"),
    )
    _one_that_stands("rates", "tariff_id", "prefix")
    with op.batch_alter_table("customer_classes", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("tariff_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(batch.f("fk_customer_classes_tariff_id_tariffs"), "tariffs", ["tariff_id"], ["id"])
        batch.create_index(batch.f("ix_customer_classes_tariff_id"), ["tariff_id"])


def _record(table: str) -> tuple[sa.Column[int], sa.Column[int], sa.PrimaryKeyConstraint]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _refers_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _one_that_stands(table: str, *columns: str) -> None:
    op.create_index(
        f"uq_{table}_{'_'.join(columns)}", table, list(columns), unique=True, sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    )  # fmt: skip
