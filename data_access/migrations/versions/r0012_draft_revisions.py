"""Drafts have a revision, and know when they were begun and what their last command did."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_NEW: tuple[sa.Column[object], ...] = (
    sa.Column("revision", sa.Integer(), server_default=sa.text("0"), nullable=False),
    sa.Column("began_at", UtcDateTime(), nullable=True),
    sa.Column("last_command_id", sa.String(length=36), nullable=True),
    sa.Column("last_at", UtcDateTime(), nullable=True),
    sa.Column("last_said", sa.Text(), server_default=sa.text("''"), nullable=False),
    sa.Column("last_told", sa.Boolean(), server_default=sa.false(), nullable=False),
)


def upgrade() -> None:
    for column in _NEW:
        op.add_column("drafts", column)
