"""Fraud protection: profiles, which one a class names, and what stands beside a customer."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime
from data_access.base.money import Amount

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.String(160).with_variant(sa.String(160, collation="C"), "postgresql")
    with op.batch_alter_table("number_batches", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("removed_at", UtcDateTime(), nullable=True))
        batch.drop_constraint(batch.f("uq_number_batches_name_key"), type_="unique")
    _one_that_stands("number_batches")
    with op.batch_alter_table("dids", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("removed_at", UtcDateTime(), nullable=True))
        batch.drop_constraint(batch.f("uq_dids_number"), type_="unique")
    _one_that_stands("dids", "number")
    op.create_table(
        "fraud_profiles",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_key", key, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("daily_limit", Amount(), nullable=False),
        sa.Column("warning_percent", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        *_record("fraud_profiles"),
        sa.CheckConstraint("daily_limit >= 0", name=op.f("ck_fraud_profiles_daily_limit_not_negative")),
        _warns("fraud_profiles"),
    )
    _one_that_stands("fraud_profiles")
    op.create_table(
        "fraud_protections",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("default_country", sa.String(length=2), nullable=False),
        sa.Column("current_country", sa.String(length=2), nullable=False),
        sa.Column(
            "mobility",
            sa.Enum("roaming", "stationary", name="mobility", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("profile_id", sa.Integer(), nullable=True),
        sa.Column("warning_percent", sa.Integer(), nullable=True),
        sa.Column("raised_limit", Amount(), nullable=True),
        sa.Column("raised_until", UtcDateTime(), nullable=True),
        sa.Column("reset_at", UtcDateTime(), nullable=True),
        *_record("fraud_protections"),
        _warns("fraud_protections"),
        sa.CheckConstraint(
            "(raised_limit IS NULL) = (raised_until IS NULL)", name=op.f("ck_fraud_protections_raised_until_an_instant")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_fraud_protections_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(
            ["profile_id"], ["fraud_profiles.id"], name=op.f("fk_fraud_protections_profile_id_fraud_profiles")
        ),
        sa.UniqueConstraint("customer_id", name=op.f("uq_fraud_protections_customer_id")),
    )
    op.create_index(op.f("ix_fraud_protections_profile_id"), "fraud_protections", ["profile_id"])
    with op.batch_alter_table("customer_classes", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("fraud_profile_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_customer_classes_fraud_profile_id_fraud_profiles"), "fraud_profiles", ["fraud_profile_id"],
            ["id"],
        )  # fmt: skip
        batch.create_index(batch.f("ix_customer_classes_fraud_profile_id"), ["fraud_profile_id"])


def _one_that_stands(table: str, column: str = "name_key") -> None:
    standing = sa.text("removed_at IS NULL")
    op.create_index(
        f"uq_{table}_{column}", table, [column], unique=True, sqlite_where=standing, postgresql_where=standing
    )


def _record(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _warns(table: str) -> sa.CheckConstraint:
    return sa.CheckConstraint("warning_percent BETWEEN 1 AND 100", name=op.f(f"ck_{table}_warning_in_bounds"))
