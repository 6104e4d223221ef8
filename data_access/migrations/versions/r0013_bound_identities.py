"""The identity at the organisation's sign-in that a person is bound to."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("oidc_issuer", sa.String(400)))
    op.add_column("people", sa.Column("oidc_subject", sa.String(255)))
    op.create_index("uq_people_oidc_issuer_oidc_subject", "people", ["oidc_issuer", "oidc_subject"], unique=True)
