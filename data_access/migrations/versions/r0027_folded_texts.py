"""Every text of a customer that can be searched has a folded copy: a city as a column, the others together."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from data_access.base.text.text_keys import fold, fold_phone

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_TEXTS = (
    "company_name", "salutation", "first_name", "middle_initial", "last_name", "address_line_1", "address_line_2",
    "state", "postal_code", "contact", "alt_phone", "fax", "alt_contact", "bcc", "description",
)  # fmt: skip
_COUNTED = (
    "balance_control", "bill_status", "blocked", "service_limited", "suspension_lifted_until", "balance",
    "credit_limit", "temporary_limit", "temporary_limit_until", "currency", "customer_class_id", "reseller_id",
    "country", "created_at", "first_overdue_from", "terminate_on", "billing_zone", "customer_code_key", "name_key",
    "email_key", "phone_key", "city_key",
)  # fmt: skip
_AT_ONCE = 1000
_LONGEST = 400


def upgrade() -> None:
    key = sa.String(_LONGEST).with_variant(sa.String(_LONGEST, collation="C"), "postgresql")
    with op.batch_alter_table("customers", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.add_column(sa.Column("city_key", key, nullable=False, server_default=""))
        batch.add_column(sa.Column("texts_key", sa.JSON(), nullable=False, server_default="{}"))
    _fold(op.get_bind())
    op.drop_index("ix_customers_counted", "customers")
    op.create_index("ix_customers_counted", "customers", [*_COUNTED])
    op.create_index("ix_customers_city_key", "customers", ["city_key"])


def _fold(connection: sa.Connection) -> None:
    customers = sa.table(
        "customers", sa.column("id"), sa.column("city"), sa.column("city_key"), sa.column("texts_key", sa.JSON()),
        *map(sa.column, _TEXTS),
    )  # fmt: skip
    asked = sa.select(customers.c.id, customers.c.city, *(customers.c[name] for name in _TEXTS)).limit(_AT_ONCE)
    write = sa.update(customers).where(customers.c.id == sa.bindparam("of"))
    write = write.values(city_key=sa.bindparam("of_city"), texts_key=sa.bindparam("texts", type_=sa.JSON()))
    last = 0
    while rows := connection.execute(asked.where(customers.c.id > last).order_by(customers.c.id)).all():
        connection.execute(write, [_folded(row) for row in rows])
        last = rows[-1].id


def _folded(row: Any) -> dict[str, Any]:
    texts = {name: (fold_phone if name in ("alt_phone", "fax") else fold)(getattr(row, name)) for name in _TEXTS}
    told = {name: text for name, text in texts.items() if text}
    return {"of": row.id, "of_city": fold(row.city)[:_LONGEST], "texts": told}
