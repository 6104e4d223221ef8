"""What is ahead of customers' status is kept, and whose forecast is outdated."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime
from data_access.migrations.foreseeing import outdate_everyone
from data_access.migrations.guards import recreate

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

_FIRST = sa.text("place = 0")


def upgrade() -> None:
    op.create_table(
        "foreseen_steps",
        sa.Column("customer_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reseller_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("says", sa.String(length=400), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("holds_until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", "place", name="pk_foreseen_steps"),
    )
    op.create_index("ix_foreseen_steps_kind", "foreseen_steps", ["kind", "at", "customer_id"])
    op.create_index("ix_foreseen_steps_reseller", "foreseen_steps", ["reseller_id", "kind", "at", "customer_id"])
    past = ["holds_until", "customer_id"]
    op.create_index("ix_foreseen_steps_past", "foreseen_steps", past, sqlite_where=_FIRST, postgresql_where=_FIRST)
    op.create_table(
        "outdated_forecasts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=True),
        sa.Column("walked_to", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outdated_forecasts"),
    )
    op.create_index("ix_outdated_forecasts_customer_id", "outdated_forecasts", ["customer_id"])
    op.create_index("ix_invoice_requests_due", "invoice_requests", ["state", "requested_at", "id"])
    outdate_everyone(op.get_bind())
    recreate(op.get_bind())
