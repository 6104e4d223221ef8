"""An account may have features of its own; the rest holds as for its customer."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

_FLAGS = ("music_on_hold", "call_parking", "paging", "limits_calls", "dialing_rules")
_CHOICES = ("identity_accepted", "identity_supplied", "rtp_proxy")
_TEXTS = {"music_file": 120, "paging_prefix": 8, "outside_prefix": 8, "international_prefix": 8, "national_prefix": 8}
_NUMBERS = ("calls_total", "calls_incoming", "calls_outgoing", "calls_forwarded")
_TABLE = "account_features"


def upgrade() -> None:
    op.create_table(
        _TABLE,
        *(sa.Column(name, sa.Boolean(), nullable=True) for name in _FLAGS),
        *(sa.Column(name, sa.String(length=40), nullable=True) for name in _CHOICES),
        *(sa.Column(name, sa.String(length=length), nullable=False) for name, length in _TEXTS.items()),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in _NUMBERS),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f(f"fk_{_TABLE}_customer_id_customers")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f(f"fk_{_TABLE}_account_id_accounts")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_TABLE}")),
    )
    op.create_index(op.f(f"ix_{_TABLE}_customer_id"), _TABLE, ["customer_id"])
    stands = sa.text("removed_at IS NULL")
    op.create_index(
        f"uq_{_TABLE}_account_id", _TABLE, ["account_id"], unique=True, sqlite_where=stands, postgresql_where=stands
    )
