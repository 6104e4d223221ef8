"""What a person may credit, give back and write off has a currency: a row each.

The plain numbers counted in every currency by itself. They are carried over into each currency in which the person has
customers, or which a class bills in, so that nobody loses or gains anything where there is somebody to be credited.
"""

import sqlalchemy as sa
from alembic import op

from data_access.base.money import Amount
from data_access.migrations.guards import recreate

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "personal_limits",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("per_booking", Amount(), nullable=False),
        sa.Column("per_day", Amount(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("per_booking >= 0 AND per_day >= 0", name=op.f("ck_personal_limits_limits_not_negative")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_personal_limits_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_limits")),
        sa.UniqueConstraint("person_id", "currency", name=op.f("uq_personal_limits_person_id_currency")),
    )
    op.execute(
        """
        INSERT INTO personal_limits (person_id, currency, per_booking, per_day, version)
        SELECT DISTINCT people.id, billed.currency, people.credit_per_booking, people.credit_per_day, 1
        FROM people JOIN (
            SELECT currency, reseller_id FROM customers
            UNION SELECT currency, NULL FROM customer_classes WHERE currency IS NOT NULL
        ) AS billed ON people.reseller_id IS NULL OR people.reseller_id = billed.reseller_id
        WHERE people.credit_per_booking > 0 AND people.credit_per_day > 0
        """
    )
    with op.batch_alter_table("people", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint(batch.f("ck_people_limits_not_negative"), type_="check")
        batch.drop_column("credit_per_booking")
        batch.drop_column("credit_per_day")
    recreate(op.get_bind())
