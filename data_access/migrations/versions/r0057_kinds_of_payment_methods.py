"""Bank accounts are stored beside cards, by e-check or direct debit."""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("payment_methods", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("kind", sa.String(length=40), nullable=False, server_default="card"))
        batch.add_column(sa.Column("mandate", sa.String(length=35), nullable=False, server_default=""))
        batch.alter_column("brand", existing_type=sa.String(length=20), type_=sa.String(length=60))
        batch.alter_column("expires_on", existing_type=sa.Date(), nullable=True)
        batch.create_check_constraint(
            batch.f("ck_payment_methods_a_card_expires"), "(kind = 'card') = (expires_on IS NOT NULL)"
        )
        batch.create_check_constraint(
            batch.f("ck_payment_methods_a_debit_has_its_mandate"), "(kind = 'direct_debit') = (mandate <> '')"
        )
