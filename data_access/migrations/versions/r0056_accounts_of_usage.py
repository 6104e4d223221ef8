"""A usage charge refers to the account that used the service; those of before are told by their words."""

import sqlalchemy as sa
from alembic import op

from data_access.migrations.guards import recreate

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

_USED = """
UPDATE transactions SET account_id = (
    SELECT accounts.id FROM accounts
    WHERE accounts.customer_id = transactions.customer_id
    AND 'Account ' || accounts.account_code = transactions.visible_comment
) WHERE kind = 'usage_charge' AND visible_comment LIKE 'Account %'
"""


def upgrade() -> None:
    with op.batch_alter_table("transactions", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("account_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(batch.f("fk_transactions_account_id_accounts"), "accounts", ["account_id"], ["id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER IF EXISTS transactions_no_update ON transactions")
    op.execute(_USED)
    has_account = sa.text("account_id IS NOT NULL")
    op.create_index(
        "ix_transactions_account_id", "transactions", ["account_id"], sqlite_where=has_account,
        postgresql_where=has_account,
    )  # fmt: skip
    recreate(op.get_bind())
