"""Measured services: what customers and classes are charged for them, what was counted, and the kind of its charge."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime
from data_access.base.money import Amount
from data_access.migrations.guards import recreate

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_DEBITS = (
    "manual_charge", "refund", "opening_debt", "invoiced_charge", "usage_charge", "subscription_fee", "did_fee",
    "measured_charge", "wallet_top_up", "cancellation_penalty", "late_fee", "reactivation_fee", "ecommerce_refund",
    "credit_taken", "closing_debit",
)  # fmt: skip
_CREDITS = (
    "manual_payment", "manual_credit", "promotional_credit", "opening_credit", "fee_credit", "volume_discount",
    "ecommerce_payment", "capture_payment", "write_off", "invoice_adjustment", "credit_payment",
    "closing_credit",
)  # fmt: skip
_EITHER = ("rounding", "tax")
_KINDS = (
    "manual_charge", "manual_credit", "promotional_credit", "manual_payment", "refund", "opening_debt",
    "opening_credit", "invoiced_charge", "usage_charge", "subscription_fee", "did_fee", "measured_charge", "fee_credit",
    "volume_discount", "wallet_top_up", "cancellation_penalty", "late_fee", "reactivation_fee", "ecommerce_payment",
    "capture_payment", "ecommerce_refund", "write_off", "credit_taken", "credit_payment", "rounding", "tax",
    "invoice_adjustment", "closing_debit", "closing_credit",
)  # fmt: skip
_PARAMETERS = ("active_calls", "concurrent_calls", "pbx_extensions")
_STANDING = sa.text("removed_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "measured_services",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("parameter", _one_of("measuredparameter", *_PARAMETERS), nullable=False),
        sa.Column("basis", _one_of("chargebasis", "none", "average", "maximum", "minimum"), nullable=False),
        sa.Column("price", Amount(), nullable=False),
        sa.Column("free_items", sa.Integer(), nullable=False),
        sa.Column("rate_code", sa.String(length=40), nullable=False),
        sa.Column("service", sa.String(length=40), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("price >= 0", name=op.f("ck_measured_services_price_not_negative")),
        sa.CheckConstraint("free_items >= 0", name=op.f("ck_measured_services_free_items_not_negative")),
        _of_customer("measured_services"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measured_services")),
    )
    op.create_index(
        "uq_measured_services_customer_id_parameter", "measured_services", ["customer_id", "parameter"], unique=True,
        sqlite_where=_STANDING, postgresql_where=_STANDING,
    )  # fmt: skip
    op.create_table(
        "measured_samples",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("parameter", _one_of("measuredparameter", *_PARAMETERS), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("value >= 0", name=op.f("ck_measured_samples_value_not_negative")),
        _of_customer("measured_samples"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measured_samples")),
        sa.UniqueConstraint(
            "customer_id", "parameter", "at", name=op.f("uq_measured_samples_customer_id_parameter_at")
        ),
    )
    with op.batch_alter_table("customer_classes", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("measured_services", sa.Text(), nullable=False, server_default=""))
    _allow_measured_charges()
    recreate(op.get_bind())


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _of_customer(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f(f"fk_{table}_customer_id_customers"))


def _allow_measured_charges() -> None:
    debits, credits, either, every = (
        ", ".join(f"'{kind}'" for kind in kinds) for kinds in (_DEBITS, _CREDITS, _EITHER, _KINDS)
    )
    with op.batch_alter_table("transactions", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint(batch.f("ck_transactions_sign_follows_kind"), type_="check")
        batch.drop_constraint(batch.f("ck_transactions_kind"), type_="check")
        batch.create_check_constraint(batch.f("ck_transactions_kind"), f"kind IN ({every})")
        batch.create_check_constraint(
            batch.f("ck_transactions_sign_follows_kind"),
            f"reverses_id IS NOT NULL OR (kind IN ({debits}) AND amount >= 0)"
            f" OR (kind IN ({credits}) AND amount < 0) OR kind IN ({either})",
        )
