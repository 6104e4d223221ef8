"""Saved views: a filter, columns and order under a name, those who have it, and how a person has a list."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

_PAGES = ("customers", "advanced_search")
_SHARED = ("nobody", "people", "role", "everyone")
_ROLES = ("support", "analyst", "manager", "admin", "system")


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("page", _one_of("viewedlist", _PAGES), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_key", _key(160), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("shared_with", _one_of("sharedwith", _SHARED), nullable=False),
        sa.Column("role", _one_of("role", _ROLES), nullable=True),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        *_record("saved_views"),
        _refers_to("saved_views", "owner_id", "people"),
    )
    _one_that_stands("saved_views", "owner_id", "page", "name_key")
    op.create_table(
        "view_readers",
        sa.Column("view_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        *_record("view_readers"),
        _refers_to("view_readers", "view_id", "saved_views"),
        _refers_to("view_readers", "person_id", "people"),
    )
    _one_that_stands("view_readers", "view_id", "person_id")
    op.create_index(op.f("ix_view_readers_person_id"), "view_readers", ["person_id"])
    op.create_table(
        "list_habits",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("page", _one_of("viewedlist", _PAGES), nullable=False),
        sa.Column("view_id", sa.Integer(), nullable=True),
        sa.Column("columns", sa.String(length=400), server_default=sa.text("''"), nullable=False),
        sa.Column("is_roomy", sa.Boolean(), server_default=sa.false(), nullable=False),
        *_record("list_habits"),
        _refers_to("list_habits", "person_id", "people"),
        _refers_to("list_habits", "view_id", "saved_views"),
        sa.UniqueConstraint("person_id", "page", name=op.f("uq_list_habits_person_id_page")),
    )


def _one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


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
