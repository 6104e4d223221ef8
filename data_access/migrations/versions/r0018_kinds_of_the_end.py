"""Kinds of bookings at the end of a life: credit turned into money, and what rounding left evened out."""

from alembic import op

from data_access.migrations.guards import recreate

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_DEBITS = (
    "manual_charge", "refund", "opening_debt", "invoiced_charge", "usage_charge", "subscription_fee", "did_fee",
    "late_fee", "reactivation_fee", "ecommerce_refund", "credit_taken", "closing_debit",
)  # fmt: skip
_CREDITS = (
    "manual_payment", "manual_credit", "promotional_credit", "opening_credit", "fee_credit", "ecommerce_payment",
    "capture_payment", "write_off", "credit_payment", "closing_credit",
)  # fmt: skip
_EITHER = ("rounding",)
_KINDS = (
    "manual_charge", "manual_credit", "promotional_credit", "manual_payment", "refund", "opening_debt",
    "opening_credit", "invoiced_charge", "usage_charge", "subscription_fee", "did_fee", "fee_credit", "late_fee",
    "reactivation_fee", "ecommerce_payment", "capture_payment", "ecommerce_refund", "write_off", "credit_taken",
    "credit_payment", "rounding", "closing_debit", "closing_credit",
)  # fmt: skip


def upgrade() -> None:
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
    recreate(op.get_bind())
