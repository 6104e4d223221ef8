"""Every order of the list within a currency, a country, a class and a status; the audit by kind and by field."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

_IS_LIVE = "bill_status <> 'permanently_terminated'"
_LIVE = sa.text(_IS_LIVE)
_LATE = sa.text(f"first_overdue_from IS NOT NULL AND {_IS_LIVE}")
_ENDING = sa.text(f"terminate_on IS NOT NULL AND {_IS_LIVE}")
_TIMED = sa.text("suspension_lifted_until IS NOT NULL OR temporary_limit_until IS NOT NULL")
_ORDERED = ("name_key", "created_at", "balance", "first_overdue_from", "customer_code_key")
_ALIKE = ("balance_control", "bill_status", "blocked", "service_limited", "suspension_lifted_until")
_NARROWED = {"currency": (), "country": (), "customer_class_id": ("currency",), "bill_status": ()}


def upgrade() -> None:
    for gone in ("live_currency", "overdue", "ending", "timed"):
        op.drop_index(f"ix_customers_{gone}", table_name="customers")
    for narrowed, beside in _NARROWED.items():
        for ordered in _ORDERED:
            _index(f"live_{narrowed}_{ordered}", [narrowed, ordered, "id", *beside], _LIVE)
    for ordered in _ORDERED:
        if ordered != "first_overdue_from":
            _index(f"late_{ordered}", [ordered, "id", "first_overdue_from"], _LATE)
    _index("live_code", ["customer_code_key", "id"], _LIVE)
    _index("overdue", ["first_overdue_from", "id"], _LATE)
    _index("live_ending", ["terminate_on", "id"], _ENDING)
    _index("timed", [*_ALIKE, "id", "currency", "customer_class_id"], _TIMED)
    op.create_index(op.f("ix_command_log_name_number"), "command_log", ["name", "number"])
    op.create_index("ix_change_field", "change", ["entity", "field", "id"])


def _index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(f"ix_customers_{name}", "customers", columns, sqlite_where=where, postgresql_where=where)
