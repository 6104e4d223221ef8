"""The triggers: what the database itself refuses, above all to change a row that is written once, what it counts,
what it keeps to be searched and whose forecast is outdated.

Rows of a customer whose details were archived may be deleted: the row in `archives` is written first, in the same
transaction, and nothing else opens the way. On SQLite an INSERT OR REPLACE would delete the row it meets without a word
wherever `recursive_triggers` is off, as it is in other programs: an insert that meets a row is refused. SQLite drops
triggers in silence when Alembic rebuilds a table, so every migration that touches one of these tables calls `recreate`
at its end.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, Inspector, inspect, text

from data_access.migrations import counting, foreseeing, searching

ARCHIVABLE = (
    "allocations", "collection_steps", "invoice_lines", "invoice_taxes", "measured_samples", "measured_uses",
    "promise_payments", "quota_uses", "status_events", "top_ups", "transactions", "wallet_uses",
)  # fmt: skip
APPEND_ONLY = ("archives", "change", "collection_policies", "command_log", *ARCHIVABLE)
ISSUED = (
    "customer_id", "policy_id", "number", "type", "replaces_id", "period_from", "period_to", "issued_on", "due_on",
    "overdue_from", "currency", "total",
)  # fmt: skip

_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} {unless}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_SQLITE_REPLACE = """
CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} BEGIN {refusals} END
"""
_SQLITE_MET = """
SELECT RAISE(ABORT, 'UNIQUE constraint failed: {named}') WHERE EXISTS (SELECT 1 FROM {table} WHERE {same}{counts});
"""
_UNLESS_ARCHIVED = "WHEN NOT EXISTS (SELECT 1 FROM archives WHERE customer_id = OLD.customer_id)"
_SQLITE_ISSUED = """
CREATE TRIGGER invoices_no_reissue BEFORE UPDATE OF {columns} ON invoices WHEN {differs}
BEGIN SELECT RAISE(ABORT, 'an issued invoice is not changed'); END
"""
_POSTGRESQL_FUNCTIONS = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$;
CREATE OR REPLACE FUNCTION refuse_unless_archived() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM archives WHERE customer_id = OLD.customer_id) THEN RETURN OLD; END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE FUNCTION refuse_reissue() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'an issued invoice is not changed' USING ERRCODE = 'restrict_violation'; END $$
"""
_POSTGRESQL = """
CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table} FOR EACH {each} EXECUTE FUNCTION {refusal}()
"""
_POSTGRESQL_ISSUED = """
CREATE TRIGGER invoices_no_reissue BEFORE UPDATE ON invoices FOR EACH ROW WHEN ({differs})
EXECUTE FUNCTION refuse_reissue()
"""


def recreate(connection: Connection) -> None:
    """Drops and makes all triggers again, in whatever state the tables are; those not made yet are left out.

    A database that is new has nothing to guard before its last migration: `upgrade` makes them then.
    """
    if connection.get_execution_options().get("is_new"):
        return
    standing = set(inspect(connection).get_table_names())
    if connection.dialect.name == "postgresql":
        connection.execute(text(_POSTGRESQL_FUNCTIONS))
    has_archives = "archives" in standing
    for table in APPEND_ONLY:
        if table in standing:
            _guard(connection, table, may_archive=has_archives and table in ARCHIVABLE)
    if has_archives:
        _guard_issued(connection)
        _refuse(connection, "invoices", "delete", refusal="refuse_change")
    if connection.dialect.name == "sqlite":
        for table in (*APPEND_ONLY, "invoices"):
            if table in standing:
                _guard_replaced(connection, table)
    if "exposure_sums" in standing:
        counting.recreate(connection)
    if "search_texts" in standing:
        searching.recreate(connection)
    if "outdated_forecasts" in standing:
        foreseeing.recreate(connection)


def _guard_replaced(connection: Connection, table: str) -> None:
    """Says what SQLite itself says where a row is met, so that the sentences of clashes stay."""
    connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_replace"))
    inspector = inspect(connection)
    refusals = "".join(_met(inspector, table, columns, where) for columns, where in _keys(inspector, table))
    connection.execute(text(_SQLITE_REPLACE.format(table=table, refusals=refusals)))


def _keys(inspector: Inspector, table: str) -> Iterator[tuple[list[str], str]]:
    """What no two rows of a table share, with the condition under which that holds."""
    yield inspector.get_pk_constraint(table)["constrained_columns"], ""
    for unique in inspector.get_unique_constraints(table):
        yield unique["column_names"], ""
    for index in inspector.get_indexes(table):
        if index["unique"]:
            columns = [name for name in index["column_names"] if name is not None]
            yield columns, str(index.get("dialect_options", {}).get("sqlite_where", ""))


def _met(inspector: Inspector, table: str, columns: list[str], where: str) -> str:
    named = ", ".join(f"{table}.{column}" for column in columns)
    same = " AND ".join(f"{column} = NEW.{column}" for column in columns)
    new = ", ".join(f"NEW.{column['name']} AS {column['name']}" for column in inspector.get_columns(table))
    counts = f" AND {where}) AND EXISTS (SELECT 1 FROM (SELECT {new}) WHERE {where}" if where else ""
    return _SQLITE_MET.format(named=named, table=table, same=same, counts=counts)


def _guard(connection: Connection, table: str, *, may_archive: bool) -> None:
    on_postgresql = connection.dialect.name == "postgresql"
    for verb in ("update", "delete", "truncate") if on_postgresql else ("update", "delete"):
        if may_archive and verb == "delete":
            _refuse(connection, table, verb, refusal="refuse_unless_archived", unless=_UNLESS_ARCHIVED, each="ROW")
        else:
            _refuse(connection, table, verb, refusal="refuse_change")


def _refuse(
    connection: Connection, table: str, verb: str, *, refusal: str, unless: str = "", each: str = "STATEMENT"
) -> None:
    on_postgresql = connection.dialect.name == "postgresql"
    connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{verb}{f' ON {table}' if on_postgresql else ''}"))
    made = _POSTGRESQL if on_postgresql else _SQLITE
    connection.execute(text(made.format(table=table, verb=verb, unless=unless, each=each, refusal=refusal)))


def _guard_issued(connection: Connection) -> None:
    on_postgresql = connection.dialect.name == "postgresql"
    connection.execute(text(f"DROP TRIGGER IF EXISTS invoices_no_reissue{' ON invoices' if on_postgresql else ''}"))
    differ = "IS DISTINCT FROM" if on_postgresql else "IS NOT"
    differs = " OR ".join(f"OLD.{column} {differ} NEW.{column}" for column in ISSUED)
    made = (_POSTGRESQL_ISSUED if on_postgresql else _SQLITE_ISSUED).format(columns=", ".join(ISSUED), differs=differs)
    connection.execute(text(made))
