"""Custom fields: their definitions, the classes that have them, and what stands in them."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

_KINDS = ("text", "number", "date", "date_time", "list")


def upgrade() -> None:
    op.create_table(
        "custom_fields",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_key", _key(160), nullable=False),
        sa.Column(
            "kind", sa.Enum(*_KINDS, name="customkind", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("choices", sa.Text(), nullable=False),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("start", sa.String(length=400), nullable=False),
        sa.Column("personal", sa.Boolean(), nullable=False),
        sa.Column("help", sa.String(length=200), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        *_record("custom_fields"),
    )  # fmt: skip
    _one_that_stands("custom_fields", "name_key")
    op.create_table(
        "custom_fields_of_classes",
        sa.Column("customer_class_id", sa.Integer(), nullable=False),
        sa.Column("custom_field_id", sa.Integer(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        *_record("custom_fields_of_classes"),
        _refers_to("custom_fields_of_classes", "customer_class_id", "customer_classes"),
        _refers_to("custom_fields_of_classes", "custom_field_id", "custom_fields"),
    )
    _one_that_stands("custom_fields_of_classes", "customer_class_id", "custom_field_id")
    op.create_index(
        op.f("ix_custom_fields_of_classes_custom_field_id"), "custom_fields_of_classes", ["custom_field_id"]
    )
    op.create_table(
        "custom_values",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("custom_field_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("sort_key", _key(200), nullable=False),
        sa.Column("personal_value", sa.Text(), nullable=False),
        sa.Column("personal_key", _key(200), nullable=False),
        *_record("custom_values"),
        _refers_to("custom_values", "customer_id", "customers"),
        _refers_to("custom_values", "custom_field_id", "custom_fields"),
        sa.UniqueConstraint(
            "customer_id", "custom_field_id", name=op.f("uq_custom_values_customer_id_custom_field_id")
        ),
    )
    op.create_index(op.f("ix_custom_values_custom_field_id"), "custom_values", ["custom_field_id"])


def _key(length: int) -> sa.String:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _record(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _refers_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _one_that_stands(table: str, *columns: str) -> None:
    standing = sa.text("removed_at IS NULL")
    op.create_index(
        f"uq_{table}_{'_'.join(columns)}", table, list(columns), unique=True, sqlite_where=standing,
        postgresql_where=standing,
    )  # fmt: skip
