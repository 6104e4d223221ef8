"""Quotas, and what usage took out of them; usage that they cover whole is a booking of nothing."""

import sqlalchemy as sa
from alembic import op

from data_access.base.money import Amount
from data_access.migrations.guards import recreate

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_UNITS = ("minutes", "messages", "megabytes", "pieces")
_PERIODS = ("daily", "weekly", "semimonthly", "monthly", "anniversary", "thirty_days")
_DEBITS = (
    "manual_charge", "refund", "opening_debt", "invoiced_charge", "usage_charge", "subscription_fee", "did_fee",
    "late_fee", "reactivation_fee", "ecommerce_refund", "closing_debit",
)  # fmt: skip
_CREDITS = (
    "manual_payment", "manual_credit", "promotional_credit", "opening_credit", "fee_credit", "ecommerce_payment",
    "capture_payment", "write_off", "closing_credit",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "quotas",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("unit", _one_of("unit", *_UNITS), nullable=False),
        sa.Column("allowance", Amount(), nullable=False),
        sa.Column("renewal", _one_of("billingperiod", *_PERIODS), nullable=False),
        sa.Column("rollovers", sa.Integer(), nullable=False),
        sa.Column("when_used_up", _one_of("whenusedup", "normal_price", "block", "limit"), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("allowance > 0", name=op.f("ck_quotas_allowance_above_zero")),
        sa.CheckConstraint("rollovers BETWEEN 0 AND 3", name=op.f("ck_quotas_rollovers_in_bounds")),
        sa.CheckConstraint(
            "when_used_up <> 'limit' OR service = 'Internet access'", name=op.f("ck_quotas_internet_alone_is_limited")
        ),
        _refers_to("quotas", "customer_id", "customers"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotas")),
    )
    running = sa.text("ended_on IS NULL")
    op.create_index(
        "uq_quotas_customer_id_service_unit", "quotas", ["customer_id", "service", "unit"], unique=True,
        sqlite_where=running, postgresql_where=running,
    )  # fmt: skip
    op.create_index("ix_quotas_customer_id", "quotas", ["customer_id", "id"])
    op.create_table(
        "measured_uses",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=False),
        sa.Column("quantity", Amount(), nullable=False),
        sa.Column("unit", _one_of("unit", *_UNITS), nullable=False),
        sa.Column("price", Amount(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_measured_uses_quantity_above_zero")),
        sa.CheckConstraint("price > 0", name=op.f("ck_measured_uses_price_above_zero")),
        _refers_to("measured_uses", "customer_id", "customers"),
        _refers_to("measured_uses", "transaction_id", "transactions"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measured_uses")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_measured_uses_transaction_id")),
    )
    op.create_index(op.f("ix_measured_uses_customer_id"), "measured_uses", ["customer_id"])
    op.create_table(
        "quota_uses",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.Integer(), nullable=False),
        sa.Column("quota_id", sa.Integer(), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("quantity", Amount(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_quota_uses_quantity_above_zero")),
        _refers_to("quota_uses", "customer_id", "customers"),
        _refers_to("quota_uses", "transaction_id", "transactions"),
        _refers_to("quota_uses", "quota_id", "quotas"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_uses")),
        sa.UniqueConstraint(
            "transaction_id", "quota_id", "granted_on", name=op.f("uq_quota_uses_transaction_id_quota_id_granted_on")
        ),
    )
    op.create_index(op.f("ix_quota_uses_customer_id"), "quota_uses", ["customer_id"])
    op.create_index("ix_quota_uses_grant", "quota_uses", ["quota_id", "granted_on"])
    _allow_nothing_for_usage()
    recreate(op.get_bind())


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _refers_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _allow_nothing_for_usage() -> None:
    debits, credits = (", ".join(f"'{kind}'" for kind in kinds) for kinds in (_DEBITS, _CREDITS))
    with op.batch_alter_table("transactions", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint(batch.f("ck_transactions_amount_not_zero"), type_="check")
        batch.drop_constraint(batch.f("ck_transactions_sign_follows_kind"), type_="check")
        batch.create_check_constraint(
            batch.f("ck_transactions_amount_not_zero"), "amount <> 0 OR kind = 'usage_charge'"
        )
        batch.create_check_constraint(
            batch.f("ck_transactions_sign_follows_kind"),
            f"reverses_id IS NOT NULL OR (kind IN ({debits}) AND amount >= 0) OR (kind IN ({credits}) AND amount < 0)",
        )
