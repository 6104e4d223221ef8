"""Accounts have their own block and limit; customers and their accounts come into web self-care with a login."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime
from data_access.base.money import Amount

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("accounts", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("own_limit", Amount(), nullable=True))
        batch.add_column(sa.Column("blocked", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.create_check_constraint(batch.f("ck_accounts_own_limit_not_negative"), "own_limit >= 0")
    with op.batch_alter_table("customer_classes", reflect_kwargs={"resolve_fks": False}) as batch:
        for name, length, usual in (
            ("self_care_access", 40, "full_access"),
            ("self_care_language", 2, "en"),
            ("self_care_date", 20, "YYYY-MM-DD"),
            ("self_care_time", 20, "HH24:MI"),
        ):
            batch.add_column(sa.Column(name, sa.String(length=length), nullable=False, server_default=usual))
    _settings()
    _logins()


def _settings() -> None:
    op.create_table(
        "self_care",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("access_level", sa.String(length=40), nullable=True),
        sa.Column("zone", sa.String(length=64), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("input_date", sa.String(length=20), nullable=True),
        sa.Column("output_date", sa.String(length=20), nullable=True),
        sa.Column("input_time", sa.String(length=20), nullable=True),
        sa.Column("output_time", sa.String(length=20), nullable=True),
        sa.Column("api_token_hash", sa.String(length=64), nullable=True),
        sa.Column("api_token_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_self_care_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_care")),
        sa.UniqueConstraint("api_token_hash", name=op.f("uq_self_care_api_token_hash")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_self_care_customer_id")),
    )


def _logins() -> None:
    op.create_table(
        "self_care_logins",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("login", sa.String(length=100), nullable=True),
        sa.Column("login_key", _key(160), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("password_set_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_self_care_logins_account_id_accounts")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_self_care_logins_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_care_logins")),
        sa.UniqueConstraint("account_id", name=op.f("uq_self_care_logins_account_id")),
        sa.UniqueConstraint("login_key", name=op.f("uq_self_care_logins_login_key")),
    )
    of_customer = sa.text("account_id IS NULL")
    op.create_index("ix_self_care_logins_owner", "self_care_logins", ["customer_id", "account_id"])
    op.create_index(
        "uq_self_care_logins_customer_id", "self_care_logins", ["customer_id"], unique=True,
        sqlite_where=of_customer, postgresql_where=of_customer,
    )  # fmt: skip


def _key(length: int) -> sa.String:
    return sa.String(length=length).with_variant(sa.String(length=length, collation="C"), "postgresql")
