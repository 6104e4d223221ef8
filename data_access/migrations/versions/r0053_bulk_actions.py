"""Bulk actions: a run over many customers, and what becomes of each of them in it."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

_RUN = ("trying", "tried", "running", "paused", "done", "cancelled", "stopped", "undoing", "undone")
_ROW = ("waiting", "fits", "left_out", "done", "refused", "failed", "undone", "kept")


def upgrade() -> None:
    op.create_table(
        "bulk_runs",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("acts_id", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("command", sa.JSON(), nullable=False),
        sa.Column("title", sa.String(length=400), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("page", sa.String(length=40), nullable=False),
        sa.Column("address", sa.JSON(), nullable=False),
        sa.Column("selection", sa.Text(), nullable=False),
        sa.Column("customers", sa.Integer(), nullable=False),
        sa.Column("state", _choice("bulkstate", _RUN), nullable=False),
        sa.Column("pause_after", sa.Integer(), nullable=True),
        sa.Column("why", sa.String(length=400), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_runs")),
        _refers_to("bulk_runs", "person_id", "people"),
        _refers_to("bulk_runs", "acts_id", "people"),
    )
    op.create_index("ix_bulk_runs_state", "bulk_runs", ["state", "id"])
    op.create_table(
        "bulk_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("state", _choice("rowstate", _ROW), nullable=False),
        sa.Column("outcome", sa.String(length=400), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_rows")),
        _refers_to("bulk_rows", "run_id", "bulk_runs"),
        _refers_to("bulk_rows", "customer_id", "customers"),
        sa.UniqueConstraint("run_id", "customer_id", name=op.f("uq_bulk_rows_run_id_customer_id")),
    )
    op.create_index("ix_bulk_rows_state", "bulk_rows", ["run_id", "state", "id"])
    op.create_index(op.f("ix_bulk_rows_customer_id"), "bulk_rows", ["customer_id"])
    # one more right that can be added to a role
    with op.batch_alter_table("people", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.alter_column(
            "extra_grants", type_=sa.String(length=800), existing_type=sa.String(length=400), existing_nullable=False
        )


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _refers_to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))
