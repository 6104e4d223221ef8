"""Taxes: profiles of them, whose holds for whom, those that stand on invoices, and the bookings that they are."""

import sqlalchemy as sa
from alembic import op

from data_access.base.money import Amount
from data_access.migrations.guards import recreate

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_DEBITS = (
    "manual_charge", "refund", "opening_debt", "invoiced_charge", "usage_charge", "subscription_fee", "did_fee",
    "late_fee", "reactivation_fee", "ecommerce_refund", "credit_taken", "closing_debit",
)  # fmt: skip
_CREDITS = (
    "manual_payment", "manual_credit", "promotional_credit", "opening_credit", "fee_credit", "ecommerce_payment",
    "capture_payment", "write_off", "invoice_adjustment", "credit_payment", "closing_credit",
)  # fmt: skip
_EITHER = ("rounding", "tax")
_KINDS = (
    "manual_charge", "manual_credit", "promotional_credit", "manual_payment", "refund", "opening_debt",
    "opening_credit", "invoiced_charge", "usage_charge", "subscription_fee", "did_fee", "fee_credit", "late_fee",
    "reactivation_fee", "ecommerce_payment", "capture_payment", "ecommerce_refund", "write_off", "credit_taken",
    "credit_payment", "rounding", "tax", "invoice_adjustment", "closing_debit", "closing_credit",
)  # fmt: skip
_WAYS = ("added", "included", "exempt")


def upgrade() -> None:
    op.create_table(
        "tax_profiles",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "name_key",
            sa.String(length=160).with_variant(sa.String(160, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("way", _one_of("taxway", *_WAYS), nullable=False),
        sa.Column("rates", sa.Text(), nullable=False),
        sa.Column("exempt_reason", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_profiles")),
        sa.UniqueConstraint("name_key", name=op.f("uq_tax_profiles_name_key")),
    )
    op.create_table(
        "invoicing_settings",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("taxation", _one_of("owntaxation", "included", "profile"), nullable=True),
        sa.Column("tax_profile_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(taxation = 'profile') = (tax_profile_id IS NOT NULL)",
            name=op.f("ck_invoicing_settings_profile_where_it_is_own"),
        ),
        _refers_to("invoicing_settings", "customer_id", "customers"),
        _refers_to("invoicing_settings", "tax_profile_id", "tax_profiles"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoicing_settings")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_invoicing_settings_customer_id")),
    )
    op.create_index(op.f("ix_invoicing_settings_tax_profile_id"), "invoicing_settings", ["tax_profile_id"])
    op.create_table(
        "invoice_taxes",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("way", _one_of("taxway", *_WAYS), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("percent", Amount(), nullable=False),
        sa.Column("base", Amount(), nullable=False),
        sa.Column("amount", Amount(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        _refers_to("invoice_taxes", "customer_id", "customers"),
        _refers_to("invoice_taxes", "invoice_id", "invoices"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_taxes")),
    )
    op.create_index(op.f("ix_invoice_taxes_customer_id"), "invoice_taxes", ["customer_id"])
    op.create_index("ix_invoice_taxes_invoice", "invoice_taxes", ["invoice_id", "id"])
    with op.batch_alter_table("invoice_lines", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("tax_part", sa.Integer(), nullable=True))
    with op.batch_alter_table("customer_classes", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("tax_profile_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_customer_classes_tax_profile_id_tax_profiles"), "tax_profiles", ["tax_profile_id"], ["id"]
        )
        batch.create_index(batch.f("ix_customer_classes_tax_profile_id"), ["tax_profile_id"])
    _allow_kinds()
    recreate(op.get_bind())


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _refers_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _allow_kinds() -> None:
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
