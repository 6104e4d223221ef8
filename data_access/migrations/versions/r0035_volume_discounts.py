"""Volume discount plans, and which customer has which."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    key = sa.String(length=160).with_variant(sa.String(length=160, collation="C"), "postgresql")
    ready = sa.Enum("draft", "in_use", name="readiness", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "discount_plans",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", key, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("readiness", ready, nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discount_plans")),
    )
    standing = sa.text("removed_at IS NULL")
    op.create_index(
        "uq_discount_plans_name_key", "discount_plans", ["name_key"], unique=True,
        sqlite_where=standing, postgresql_where=standing,
    )  # fmt: skip
    op.create_table(
        "discount_assignments",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_discount_assignments_customer_id_customers")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["discount_plans.id"], name=op.f("fk_discount_assignments_plan_id_discount_plans")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discount_assignments")),
    )
    running = sa.text("ended_on IS NULL")
    op.create_index(
        "uq_discount_assignments_customer_id", "discount_assignments", ["customer_id"], unique=True,
        sqlite_where=running, postgresql_where=running,
    )  # fmt: skip
    op.create_index("ix_discount_assignments_customer_id", "discount_assignments", ["customer_id", "id"])
    op.create_index(op.f("ix_discount_assignments_plan_id"), "discount_assignments", ["plan_id"])
