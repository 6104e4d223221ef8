"""The index that counts are read from holds the city, which quick search looks into."""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_COUNTED = (
    "balance_control", "bill_status", "blocked", "service_limited", "suspension_lifted_until", "balance",
    "credit_limit", "temporary_limit", "temporary_limit_until", "currency", "customer_class_id", "reseller_id",
    "country", "created_at", "first_overdue_from", "terminate_on", "billing_zone", "customer_code_key", "name_key",
    "email_key", "phone_key", "city",
)  # fmt: skip


def upgrade() -> None:
    op.drop_index("ix_customers_counted", "customers")
    op.create_index("ix_customers_counted", "customers", [*_COUNTED])
