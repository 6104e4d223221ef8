"""The triggers that maintain `search_texts`, and the trigram index over it.

On PostgreSQL the index is one of pg_trgm, on SQLite a table of FTS5 with triggers of its own. The keys that are copied
were folded where they were written; of codes the letters are lowered as both databases do alike, those of ASCII alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from data_access.fields.field import fields_of
from data_access.models.customers import AddressInfo, Customer
from data_access.models.kept.search_texts import INDEX, KINDS, SEARCHED

_OPENS_TEXT = {"postgresql": "json_extract_path_text({row}texts_key, '", "sqlite": "json_extract({row}texts_key, '$."}
_BYTEWISE = {"postgresql": ' COLLATE "C"', "sqlite": ""}


@dataclass(frozen=True)
class Source:
    """Rows that customers are found by: `values` by column of `search_texts`, as expressions over `{row}`."""

    table: str
    kind: int
    owner: str
    watched: tuple[str, ...]
    values: dict[str, tuple[str, ...]]
    only: str = "1 = 1"


def _text(name: str) -> str:
    return f"coalesce({{text}}{name}'), '')"


def _folded(column: str) -> tuple[str, ...]:
    """The folded copies of the fields of a customer that are found as this."""
    here = Customer.__table__.columns
    found = (field.name for field in fields_of(Customer, AddressInfo) if field.found_as == column)
    return tuple(f"{{row}}{name}_key" if f"{name}_key" in here else _text(name) for name in found)


_PERSON = f"trim({_text('first_name')} || ' ' || {_text('last_name')})"
_TAX_ID = "replace(replace(replace(replace(lower({row}tax_id{bytewise}), ' ', ''), '-', ''), '.', ''), '/', '')"
SOURCES = (
    Source("customers", 0, "id", ("customer_code_key", "name_key", "email_key", "phone_key", "city_key", "texts_key"), {
        "code": ("{row}customer_code_key",),
        "name": ("{row}name_key", f"CASE WHEN {_PERSON} <> {{row}}name_key THEN {_PERSON} ELSE '' END"),
        **{column: _folded(column) for column in ("contact", "email", "phone", "place")},
    }),
    Source("additional_info", 1, "customer_id", ("reference_number_key", "tax_id"),
           {"reference": ("{row}reference_number_key",), "tax_id": (_TAX_ID,)}),
    Source("accounts", 2, "customer_id", ("customer_id", "account_code"),
           {"account": ("lower({row}account_code{bytewise})",)}),
    Source("self_care_logins", 3, "customer_id", ("customer_id", "login_key"), {"login": ("{row}login_key",)}),
    Source("dids", 4, "customer_id", ("customer_id", "number", "removed_at"), {"did": ("{row}number",)},
           only="{row}customer_id IS NOT NULL AND {row}removed_at IS NULL"),
)  # fmt: skip

_NAMED = ", ".join(SEARCHED)
_INDEX = (
    f"CREATE VIRTUAL TABLE {INDEX} USING fts5({_NAMED}, content='search_texts', content_rowid='id', "
    "tokenize='trigram case_sensitive 1')"
)
_COLLECTS = f"INSERT INTO {INDEX} ({INDEX}, rank) VALUES ('hashsize', {{octets}})"  # in memory, before it writes
_ALL_AT_ONCE, _USUALLY = 64 << 20, 1 << 20
_OLD, _NEW = (", ".join(f"{row}.{column}" for column in SEARCHED) for row in ("OLD", "NEW"))
_UNINDEX = f"INSERT INTO {INDEX} ({INDEX}, rowid, {_NAMED}) VALUES ('delete', OLD.id, {_OLD});"
_REINDEX = f"INSERT INTO {INDEX} (rowid, {_NAMED}) VALUES (NEW.id, {_NEW});"
_FUNCTION = """
CREATE OR REPLACE FUNCTION find_by_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN {forget} END IF;
    IF TG_OP <> 'DELETE' THEN {keep} END IF;
    RETURN NULL;
END $$
"""


def recreate(connection: Connection) -> None:
    """Drops and makes the triggers again."""
    if connection.dialect.name == "sqlite":
        for verb, does in (("insert", _REINDEX), ("delete", _UNINDEX), ("update", _UNINDEX + _REINDEX)):
            _make(connection, "search_texts", f"search_texts_indexed_{verb}", verb.upper(), f"BEGIN {does} END")
    for source in SOURCES:
        _keep(connection, source)


def index_whole(connection: Connection) -> None:
    """Writes the texts of the customers who are here already, and makes the index over them."""
    for found in expected(connection.dialect.name):
        connection.exec_driver_sql(f"INSERT INTO search_texts (id, customer_id, {_NAMED}) {found}")
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {INDEX}")
        connection.exec_driver_sql(_INDEX)
        connection.exec_driver_sql(_COLLECTS.format(octets=_ALL_AT_ONCE))
        connection.exec_driver_sql(f"INSERT INTO {INDEX} ({INDEX}) VALUES ('rebuild')")
        connection.exec_driver_sql(_COLLECTS.format(octets=_USUALLY))


def expected(dialect: str) -> Iterator[str]:
    """What should stand in `search_texts`, a SELECT for each kind of rows, in the order of its columns."""
    for source in SOURCES:
        yield _found(dialect, source, "", f"FROM {source.table}")


def _keep(connection: Connection, source: Source) -> None:
    dialect = connection.dialect.name
    forget = f"DELETE FROM search_texts WHERE id = {_id(source, 'OLD.')};"
    keep = f"INSERT INTO search_texts (id, customer_id, {_NAMED}) {_found(dialect, source, 'NEW.', '')};"
    if dialect == "postgresql":
        connection.exec_driver_sql(_FUNCTION.format(table=source.table, forget=forget, keep=keep))
    verbs = {
        "insert": ("INSERT", keep),
        "delete": ("DELETE", forget),
        "update": (f"UPDATE OF {', '.join(source.watched)}", forget + keep),
    }
    for verb, (event, does) in verbs.items():
        body = f"BEGIN {does} END" if dialect == "sqlite" else f"EXECUTE FUNCTION find_by_{source.table}()"
        when = f"WHEN ({_differs(dialect, source)}) " if verb == "update" else ""
        _make(connection, source.table, f"{source.table}_found_{verb}", event, when + body)


def _differs(dialect: str, source: Source) -> str:
    if dialect == "sqlite":
        return " OR ".join(f"OLD.{name} IS NOT NEW.{name}" for name in source.watched)
    return " OR ".join(f"OLD.{name}::text IS DISTINCT FROM NEW.{name}::text" for name in source.watched)


def _make(connection: Connection, table: str, name: str, event: str, does: str) -> None:
    of_table = f" ON {table}" if connection.dialect.name == "postgresql" else ""
    connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{of_table}")
    connection.exec_driver_sql(f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW {does}")


def _found(dialect: str, source: Source, row: str, rows: str) -> str:
    opens = _OPENS_TEXT[dialect].format(row=row)
    raw = {
        column: [value.format(row=row, text=opens, bytewise=_BYTEWISE[dialect]) for value in values]
        for column, values in source.values.items()
    }
    written = ", ".join(_joined(raw.get(column, [])) for column in SEARCHED)
    some = " OR ".join(f"{value} <> ''" for values in raw.values() for value in values)
    only = source.only.format(row=row)
    return f"SELECT {_id(source, row)}, {row}{source.owner}, {written} {rows} WHERE {only} AND ({some})"


def _id(source: Source, row: str) -> str:
    return f"{row}id * {KINDS} + {source.kind}"


def _joined(values: list[str]) -> str:
    """The values that are not blank, each between a new line with a blank and a new line."""
    return " || ".join(f"CASE WHEN {one} <> '' THEN '\n ' || {one} || '\n' ELSE '' END" for one in values) or "''"
