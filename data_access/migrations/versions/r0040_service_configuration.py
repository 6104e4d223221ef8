"""A class says how services work; a customer may have features of its own, and a court may order an intercept."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

_FLAGS = ("music_on_hold", "call_parking", "paging", "limits_calls", "dialing_rules")
_CHOICES = {
    "identity_accepted": "own_numbers_only",
    "identity_supplied": "unless_the_caller_hides_it",
    "rtp_proxy": "when_needed",
}
_TEXTS = {"music_file": 120, "paging_prefix": 8, "outside_prefix": 8, "international_prefix": 8, "national_prefix": 8}
_NUMBERS = ("calls_total", "calls_incoming", "calls_outgoing", "calls_forwarded")


def upgrade() -> None:
    with op.batch_alter_table("customer_classes", reflect_kwargs={"resolve_fks": False}) as batch:
        for column in _of_a_class():
            batch.add_column(column)
    op.create_table(
        "service_configurations",
        *(sa.Column(name, sa.Boolean(), nullable=True) for name in _FLAGS),
        *(sa.Column(name, sa.String(length=40), nullable=True) for name in _CHOICES),
        *(sa.Column(name, sa.String(length=length), nullable=False) for name, length in _TEXTS.items()),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in _NUMBERS),
        *_of_a_customer("service_configurations"),
    )
    op.create_table(
        "legal_intercepts",
        sa.Column("ordered", sa.Boolean(), nullable=False),
        sa.Column("court_order", sa.String(length=120), nullable=False),
        *_of_a_customer("legal_intercepts"),
    )


def _of_a_class() -> Iterator[sa.Column[object]]:
    for name in _FLAGS:
        yield sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())
    for name, usual in _CHOICES.items():
        yield sa.Column(name, sa.String(length=40), nullable=False, server_default=usual)
    for name, length in _TEXTS.items():
        yield sa.Column(name, sa.String(length=length), nullable=False, server_default="")
    for name in _NUMBERS:
        yield sa.Column(name, sa.Integer(), nullable=True)


def _of_a_customer(table: str) -> Iterator[sa.schema.SchemaItem]:
    """A row a customer at most."""
    yield sa.Column("customer_id", sa.Integer(), nullable=False)
    yield sa.Column("id", sa.Integer(), nullable=False)
    yield sa.Column("version", sa.Integer(), nullable=False)
    yield sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f(f"fk_{table}_customer_id_customers"))
    yield sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))
    yield sa.UniqueConstraint("customer_id", name=op.f(f"uq_{table}_customer_id"))
