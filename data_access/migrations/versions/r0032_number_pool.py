"""The pool of numbers: batches that price them, the account that a number is on, and numbers that are frozen."""

import sqlalchemy as sa
from alembic import op

from data_access.base.money import Amount

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.String(160).with_variant(sa.String(160, collation="C"), "postgresql")
    op.create_table(
        "number_batches",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_key", key, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("additional_fee", Amount(), nullable=False),
        sa.Column("markup_percent", Amount(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("additional_fee >= 0 AND markup_percent >= 0", name=op.f("ck_number_batches_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_batches")),
        sa.UniqueConstraint("name_key", name=op.f("uq_number_batches_name_key")),
    )
    with op.batch_alter_table("dids", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("account_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("frozen", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("group_name", sa.String(length=60), nullable=False, server_default=""))
        batch.add_column(sa.Column("description", sa.String(length=200), nullable=False, server_default=""))
        batch.alter_column("fee", existing_type=Amount(), nullable=True)
        batch.create_foreign_key(batch.f("fk_dids_batch_id_number_batches"), "number_batches", ["batch_id"], ["id"])
        batch.create_foreign_key(batch.f("fk_dids_account_id_accounts"), "accounts", ["account_id"], ["id"])
        batch.create_index(batch.f("ix_dids_batch_id"), ["batch_id"])
        batch.create_index(batch.f("ix_dids_account_id"), ["account_id"])
        batch.create_check_constraint(batch.f("ck_dids_prices_not_negative"), "fee >= 0 AND vendor_cost >= 0")
        batch.create_check_constraint(batch.f("ck_dids_has_a_price"), "fee IS NOT NULL OR batch_id IS NOT NULL")
        batch.create_check_constraint(batch.f("ck_dids_frozen_is_held_by_nobody"), "customer_id IS NULL OR NOT frozen")
        batch.create_check_constraint(
            batch.f("ck_dids_on_an_account_of_its_holder"), "account_id IS NULL OR customer_id IS NOT NULL"
        )
