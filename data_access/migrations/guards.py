"""What the database itself refuses: changing or deleting rows that are written once.

SQLite drops triggers in silence when Alembic rebuilds a table, so every migration that touches one of these tables
calls `recreate` at its end.
"""

from sqlalchemy import Connection, text

APPEND_ONLY = ("transactions", "allocations", "change", "command_log", "status_events")

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$
"""
_POSTGRESQL = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def recreate(connection: Connection) -> None:
    """Drops and makes all triggers anew, in whatever state the tables are."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(_POSTGRESQL_FUNCTION))
    for table in APPEND_ONLY:
        _guard(connection, table)


def _guard(connection: Connection, table: str) -> None:
    on_postgresql = connection.dialect.name == "postgresql"
    for verb in ("update", "delete", "truncate") if on_postgresql else ("update", "delete"):
        suffix = f" ON {table}" if on_postgresql else ""
        connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{suffix}"))
        connection.execute(text((_POSTGRESQL if on_postgresql else _SQLITE).format(table=table, verb=verb)))
