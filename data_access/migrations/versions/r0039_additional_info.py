"""Additional info: its table, representatives, distributors, resellers to be removed, statistics of a class."""

import sqlalchemy as sa
from alembic import op

from data_access.base.clock import UtcDateTime
from data_access.base.money import Amount
from data_access.migrations.guards import recreate

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_STATISTICS = ("full", "short", "none")
_REFERS = {
    "customer_id": "customers",
    "representative_id": "representatives",
    "distributor_id": "distributors",
    "did_batch_id": "number_batches",
    "main_office_id": "customers",
}
_STANDING = sa.text("removed_at IS NULL")
_GIVEN = sa.text("reference_number_key <> ''")


def upgrade() -> None:
    _kept("representatives", sa.Column("description", sa.String(length=400), nullable=False))
    _kept("distributors", sa.Column("commission", Amount(), nullable=True))
    op.create_table(
        "additional_info",
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("reference_number", sa.String(length=64), nullable=False),
        sa.Column("reference_number_key", _key(100), nullable=False),
        sa.Column("tax_id", sa.String(length=40), nullable=False),
        sa.Column("representative_id", sa.Integer(), nullable=True),
        sa.Column("distributor_id", sa.Integer(), nullable=True),
        sa.Column("discount_rate", Amount(), nullable=True),
        sa.Column("override_tariffs_enabled", sa.Boolean(), nullable=False),
        sa.Column("did_batch_id", sa.Integer(), nullable=True),
        sa.Column("send_statistics", _one_of("sendstatistics", *_STATISTICS), nullable=True),
        sa.Column("office_type", _one_of("officetype", "none", "branch", "main"), nullable=False),
        sa.Column("main_office_id", sa.Integer(), nullable=True),
        sa.Column("balance_transfer_allowed", sa.Boolean(), nullable=False),
        sa.Column("callshop_enabled", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("discount_rate >= 0", name=op.f("ck_additional_info_discount_rate_not_negative")),
        sa.CheckConstraint(
            "office_type = 'branch' OR main_office_id IS NULL",
            name=op.f("ck_additional_info_only_a_branch_has_a_main_office"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_additional_info_{column}_{other}"))
            for column, other in _REFERS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_additional_info")),
        sa.UniqueConstraint("customer_id", name=op.f("uq_additional_info_customer_id")),
    )
    for column in _REFERS.keys() - {"customer_id"}:
        op.create_index(op.f(f"ix_additional_info_{column}"), "additional_info", [column])
    op.create_index(
        "uq_additional_info_reference_number_key", "additional_info", ["reference_number_key"], unique=True,
        sqlite_where=_GIVEN, postgresql_where=_GIVEN,
    )  # fmt: skip
    with op.batch_alter_table("resellers", reflect_kwargs={"resolve_fks": False}) as batch:
        batch.drop_constraint(batch.f("uq_resellers_name_key"), type_="unique")
        batch.add_column(sa.Column("removed_at", UtcDateTime(), nullable=True))
        batch.add_column(sa.Column("description", sa.String(length=400), nullable=False, server_default=""))
    _named_once("resellers")
    with op.batch_alter_table("customer_classes", reflect_kwargs={"resolve_fks": False}) as batch:
        statistics = _one_of("sendstatistics", *_STATISTICS)
        batch.add_column(sa.Column("send_statistics", statistics, nullable=False, server_default="none"))
    recreate(op.get_bind())


def _kept(table: str, own: sa.Column[object]) -> None:
    op.create_table(
        table,
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_key", _key(160), nullable=False),
        own,
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    _named_once(table)


def _named_once(table: str) -> None:
    op.create_index(
        f"uq_{table}_name_key", table, ["name_key"], unique=True, sqlite_where=_STANDING, postgresql_where=_STANDING
    )


def _key(length: int) -> sa.String:
    return sa.String(length=length).with_variant(sa.String(length, collation="C"), "postgresql")


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
