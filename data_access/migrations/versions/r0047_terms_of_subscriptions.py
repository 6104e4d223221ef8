"""Subscriptions have an adjustment of their fee; plans a minimum term with its penalty, and activation by hand."""

import sqlalchemy as sa
from alembic import op

from data_access.base.money import Amount

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

_ADJUSTMENTS = ("not_set", "none", "default", "discount", "upcharge")


def upgrade() -> None:
    with op.batch_alter_table("subscription_plans", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("minimum_months", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("cancellation_penalty", Amount(), nullable=False, server_default="0"))
        batch.drop_constraint(batch.f("ck_subscription_plans_activation"), type_="check")
        batch.create_check_constraint(
            batch.f("ck_subscription_plans_activation"), "activation IN ('on_start', 'on_first_use', 'by_hand')"
        )
        batch.create_check_constraint(
            batch.f("ck_subscription_plans_penalty_not_negative"), "cancellation_penalty >= 0"
        )
        batch.create_check_constraint(
            batch.f("ck_subscription_plans_term_in_bounds"), "minimum_months BETWEEN 0 AND 120"
        )
    kept = sa.Enum(*_ADJUSTMENTS, name="adjustment", native_enum=False, create_constraint=True, length=40)
    with op.batch_alter_table("subscriptions", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("adjustment", kept, nullable=False, server_default="not_set"))
    op.execute("UPDATE subscriptions SET adjustment = 'discount' WHERE fee_percent < 100")
    op.execute("UPDATE subscriptions SET adjustment = 'upcharge' WHERE fee_percent > 100")
    with op.batch_alter_table("subscriptions", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.create_check_constraint(
            batch.f("ck_subscriptions_percent_of_an_adjustment"),
            "fee_percent = 100 OR adjustment IN ('discount', 'upcharge')",
        )
    with op.batch_alter_table("subscriptions", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.alter_column("adjustment", server_default=None)
    with op.batch_alter_table("subscription_plans", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.alter_column("minimum_months", server_default=None)
        batch.alter_column("cancellation_penalty", server_default=None)
