"""Callers that were verified, by whom and for how long."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_CHECKED = ("personal_data", "called_back", "one_time_code", "in_person")


def upgrade() -> None:
    op.create_table(
        "caller_verifications",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column(
            "checked",
            sa.Enum(*_CHECKED, name="checked", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_caller_verifications_customer_id_customers")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_verifications")),
    )
    op.create_index("ix_caller_verifications_until", "caller_verifications", ["customer_id", "until"])
