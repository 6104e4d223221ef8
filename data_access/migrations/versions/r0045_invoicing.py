"""Templates of invoices, what a class and a customer say of invoicing, and payments that a card makes by itself."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime
from data_access.base.money import Amount

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_STANDING = sa.text("removed_at IS NULL")
_ACTIVE = sa.text("amount IS NOT NULL AND frozen_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "invoice_templates",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "name_key", sa.String(length=160).with_variant(sa.String(160, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("header", sa.Text(), nullable=False),
        sa.Column("footer", sa.Text(), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_templates")),
    )
    with op.batch_alter_table("tax_profiles", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("removed_at", UtcDateTime(), nullable=True))
        batch.drop_constraint(batch.f("uq_tax_profiles_name_key"), type_="unique")
    for table in ("invoice_templates", "tax_profiles"):
        op.create_index(
            f"uq_{table}_name_key", table, ["name_key"], unique=True, sqlite_where=_STANDING, postgresql_where=_STANDING
        )
    _of_class()
    _of_customer()
    op.create_table(
        "auto_payments",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("method_id", sa.Integer(), nullable=True),
        sa.Column("amount", Amount(), nullable=True),
        sa.Column("level", Amount(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("tried_at", UtcDateTime(), nullable=True),
        sa.Column("frozen_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(amount IS NULL) = (level IS NULL)", name=op.f("ck_auto_payments_amount_has_its_level")),
        sa.CheckConstraint("amount > 0", name=op.f("ck_auto_payments_amount_above_zero")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_auto_payments_customer_id_customers")),
        sa.ForeignKeyConstraint(
            ["method_id"], ["payment_methods.id"], name=op.f("fk_auto_payments_method_id_payment_methods")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auto_payments")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_auto_payments_customer_id")),
    )
    op.create_index(op.f("ix_auto_payments_method_id"), "auto_payments", ["method_id"])
    op.create_index(
        "ix_auto_payments_active", "auto_payments", ["customer_id"], sqlite_where=_ACTIVE, postgresql_where=_ACTIVE
    )


def _of_class() -> None:
    with op.batch_alter_table("customer_classes", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("invoice_template_id", sa.Integer(), nullable=True))
        for name, given in (("creates_invoices", True), ("sends_invoices", True), ("charges_invoices", False)):
            batch.add_column(
                sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.true() if given else sa.false())
            )
        _refers_to_template(batch, "customer_classes")


def _of_customer() -> None:
    with op.batch_alter_table("invoicing_settings", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("invoices", _one_of("owninvoices", "none", "template"), nullable=True))
        batch.add_column(sa.Column("invoice_template_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("sends_invoices", sa.Boolean(), nullable=True))
        scopes = _one_of("numberscope", "environment", "reseller", "customer")
        batch.add_column(sa.Column("number_scope", scopes, nullable=True))
        batch.add_column(sa.Column("charges_invoices", sa.Boolean(), nullable=True))
        locks = _one_of("billinglock", "free", "closing", "closing_and_corrections")
        batch.add_column(sa.Column("billing_lock", locks, nullable=False, server_default="free"))
        batch.drop_constraint(batch.f("ck_invoicing_settings_profile_where_it_is_own"), type_="check")
        batch.create_check_constraint(
            batch.f("ck_invoicing_settings_profile_where_it_is_own"),
            "(taxation IS NOT NULL AND taxation = 'profile') = (tax_profile_id IS NOT NULL)",
        )
        batch.create_check_constraint(
            batch.f("ck_invoicing_settings_template_where_it_is_own"),
            "(invoices IS NOT NULL AND invoices = 'template') = (invoice_template_id IS NOT NULL)",
        )
        _refers_to_template(batch, "invoicing_settings")


def _refers_to_template(batch: Any, table: str) -> None:
    name = batch.f(f"fk_{table}_invoice_template_id_invoice_templates")
    batch.create_foreign_key(name, "invoice_templates", ["invoice_template_id"], ["id"])
    batch.create_index(batch.f(f"ix_{table}_invoice_template_id"), ["invoice_template_id"])


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
