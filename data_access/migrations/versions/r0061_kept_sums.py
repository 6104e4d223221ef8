"""What is owed, overdue and exposed is kept added up, as counts of customers are; filled by a later step."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime
from data_access.base.money import Amount

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


_TIMED = sa.text("suspension_lifted_until IS NOT NULL OR temporary_limit_until IS NOT NULL")
_ALIKE = ("balance_control", "bill_status", "blocked", "service_limited", "suspension_lifted_until")
_KEPT_BY = (
    "balance", "credit_limit", "temporary_limit", "temporary_limit_until", "currency", "customer_class_id",
    "reseller_id",
)  # fmt: skip


def upgrade() -> None:
    _drop_former_triggers()
    op.execute("DELETE FROM customer_counts")
    with op.batch_alter_table("customer_counts", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("owed", Amount(), nullable=False))
    op.create_table("overdue_sums", *_alike(), *_overdue(), sa.PrimaryKeyConstraint("id", name="pk_overdue_sums"))
    op.create_table("exposure_sums", *_exposure(), sa.PrimaryKeyConstraint("id", name="pk_exposure_sums"))
    op.drop_index("ix_customers_timed", "customers")
    timed = [*_ALIKE, "id", *_KEPT_BY]
    op.create_index("ix_customers_timed", "customers", timed, sqlite_where=_TIMED, postgresql_where=_TIMED)


def _drop_former_triggers() -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for verb in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER IF EXISTS customers_counted_{verb}{' ON customers' if on_postgresql else ''}")
    if on_postgresql:
        op.execute("DROP FUNCTION IF EXISTS count_customer()")


def _alike() -> list[sa.Column[object]]:
    return [
        sa.Column("customer_class_id", sa.Integer(), nullable=False),
        sa.Column("balance_control", sa.String(length=40), nullable=False),
        sa.Column("bill_status", sa.String(length=40), nullable=False),
        sa.Column("blocked", sa.Boolean(), nullable=False),
        sa.Column("service_limited", sa.Boolean(), nullable=False),
        sa.Column("owed", Amount(), nullable=False),
        *_part(),
    ]


def _part() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reseller_id", sa.Integer(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
    ]


def _overdue() -> list[sa.Column[object]]:
    return [
        sa.Column("suspension_lifted_until", UtcDateTime(), nullable=True),
        sa.Column("overdue_from", UtcDateTime(), nullable=True),
        sa.Column("overdue", Amount(), nullable=False),
    ]


def _exposure() -> list[sa.Column[object]]:
    return [
        sa.Column("band", sa.String(length=10), nullable=False),
        sa.Column("tenths", sa.Integer(), nullable=True),
        sa.Column("limit_from", Amount(), nullable=True),
        sa.Column("balance_from", Amount(), nullable=True),
        sa.Column("balance", Amount(), nullable=False),
        sa.Column("limits", Amount(), nullable=False),
        *_part(),
    ]
