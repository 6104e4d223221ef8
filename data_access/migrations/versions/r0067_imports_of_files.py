"""Imports of files: a file that was uploaded, part by part, and what came of each batch of its rows."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

_STATES = ("kept", "trying", "tried", "running", "done", "cancelled", "stopped", "discarded")
_COUNTS = ("rows", "created", "changed", "unchanged", "refused", "customers", "told")


def upgrade() -> None:
    op.create_table(
        "file_imports",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("login", sa.String(length=120), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("upload", sa.String(length=36), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("look", sa.JSON(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("trial", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*_STATES, name="importstate", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("why", sa.String(length=600), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_imports")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_file_imports_person_id_people")),
        sa.UniqueConstraint("upload", name=op.f("uq_file_imports_upload")),
    )
    op.create_index("ix_file_imports_state", "file_imports", ["state", "id"])
    op.create_index(op.f("ix_file_imports_person_id"), "file_imports", ["person_id"])
    op.create_table(
        "file_parts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("upload", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_parts")),
        sa.UniqueConstraint("upload", "number", name=op.f("uq_file_parts_upload_number")),
    )
    op.create_table(
        "import_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("is_trial", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batches")),
        sa.ForeignKeyConstraint(
            ["import_id"], ["file_imports.id"], name=op.f("fk_import_batches_import_id_file_imports")
        ),
        sa.UniqueConstraint(
            "import_id", "is_trial", "number", name=op.f("uq_import_batches_import_id_is_trial_number")
        ),
    )
