"""The triggers that maintain counts and sums: the old contribution of a row is subtracted and the new one added.

`KEPT` tells of each kept table, in SQL that both databases read, by which columns customers are alike and what is added
up. `used_up` is over the credit limit, or without funds, as long as no temporary limit runs; `raised_until` says until
when one that is large enough does. What follows from the clock as well is left out, or kept by its instant.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from data_access.base.money import SCALE
from data_access.models.counts import FINEST, edges_by

_ALIKE = {
    name: f"{{row}}{name}"
    for name in (
        "reseller_id", "customer_class_id", "currency", "country", "balance_control", "bill_status", "blocked",
        "service_limited",
    )
}  # fmt: skip
_USED_UP = """CASE WHEN {row}balance_control = 'postpaid'
 THEN {row}credit_limit IS NOT NULL AND {row}balance > {row}credit_limit ELSE {row}balance >= 0 END"""
_OWED = "CASE WHEN {row}balance > 0 THEN {row}balance ELSE 0 END"
_LIVE = "{row}bill_status <> 'permanently_terminated'"
_BAND = """CASE WHEN {row}balance_control = 'prepaid' THEN 'prepaid' WHEN {row}balance < 0 THEN 'in_credit'
 WHEN {row}credit_limit IS NULL THEN 'no_limit' WHEN {row}balance > {row}credit_limit THEN 'over'
 WHEN {row}balance = 0 THEN 'unused' WHEN {row}balance * 10 >= {row}credit_limit * 8 THEN 'from_80'
 ELSE 'under_80' END"""
_USES = "WHEN {{row}}balance * 10 >= {{row}}credit_limit * {tenth} THEN {tenth}"
_TENTHS = " ".join(
    [
        "CASE WHEN {row}balance <= 0 OR {row}credit_limit IS NULL THEN NULL",
        *(_USES.format(tenth=tenth) for tenth in range(15, 10, -1)),
        "WHEN {row}balance > {row}credit_limit THEN 10",
        *(_USES.format(tenth=tenth) for tenth in range(9, 0, -1)),
        "ELSE 0 END",
    ]
)
_IF_LIMITED = "CASE WHEN {row}credit_limit IS NULL THEN NULL ELSE %s END"
_DUNNED = "{row}payment_status IN ('unpaid', 'partly_paid') AND {row}collection_status = 'collect'"
_OPEN = f"CASE WHEN {_DUNNED} THEN {{row}}total - {{row}}paid ELSE 0 END"
_RAISED = """CASE WHEN {row}balance > {row}credit_limit AND {row}balance <= {row}credit_limit + {row}temporary_limit
 THEN {row}temporary_limit_until END"""
_BY_THE_CLOCK = {
    "suspension_lifted_until": "{row}suspension_lifted_until", "used_up": _USED_UP, "raised_until": _RAISED,
}  # fmt: skip
_FOLLOWS_FROM = (
    *_ALIKE, "suspension_lifted_until", "balance", "credit_limit", "temporary_limit", "temporary_limit_until",
)  # fmt: skip
_READ_OF_INVOICES = ("payment_status", "collection_status", "paid")
_OF_INVOICES = f"""
INSERT INTO overdue_sums ({", ".join((*_ALIKE, *_BY_THE_CLOCK))}, overdue_from, customers, owed, overdue)
SELECT {{alike}}, {{invoice}}overdue_from, 0, 0, {{amount}} FROM {{table}} WHERE {{which}}"""
_FUNCTION = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$
"""
_MOVED = """
INSERT INTO {table} ({columns}) SELECT {alike}, {sums} FROM ({less} UNION ALL {more}) AS parts
GROUP BY {alike} HAVING {changed};"""


@dataclass(frozen=True)
class Kept:
    """By which columns customers are alike, what is added up over them, which of them count, and what it follows from.

    A column is SQL about a row; `{edge...}` stands for the lower edge of the step that holds an amount.
    """

    table: str
    alike: Mapping[str, str]
    adds: Mapping[str, str]
    counts: str
    reads: tuple[str, ...]


KEPT = (
    Kept(
        "customer_counts",
        _ALIKE | {"used_up": _USED_UP},
        {"customers": "1", "owed": _OWED},
        "{row}suspension_lifted_until IS NULL AND {row}temporary_limit_until IS NULL",
        (*_ALIKE, "balance", "credit_limit", "suspension_lifted_until", "temporary_limit_until"),
    ),
    Kept(
        "exposure_sums",
        {
            "reseller_id": "{row}reseller_id", "currency": "{row}currency", "band": _BAND, "tenths": _TENTHS,
            "limit_from": _IF_LIMITED % "{edge_of_limit}", "balance_from": _IF_LIMITED % "{edge_of_balance}",
        },
        {"customers": "1", "balance": "{row}balance", "limits": "coalesce({row}credit_limit, 0)"},
        f"{_LIVE} AND {{row}}temporary_limit_until IS NULL",
        (
            "reseller_id", "currency", "balance_control", "bill_status", "balance", "credit_limit",
            "temporary_limit_until",
        ),
    ),
    Kept(
        "overdue_sums",
        _ALIKE | _BY_THE_CLOCK | {"overdue_from": "{row}first_overdue_from"},
        {"customers": "1", "owed": _OWED, "overdue": "0"},
        f"{_LIVE} AND ({{row}}first_overdue_from IS NOT NULL OR {{row}}bill_status = 'suspended')",
        (*_FOLLOWS_FROM, "first_overdue_from"),
    ),
)  # fmt: skip


def recreate(connection: Connection) -> None:
    """Drops and makes the triggers again."""
    for kept in KEPT:
        for verb, body in _bodies(connection, kept):
            _trigger(connection, "customers", f"{kept.table}_{verb}", verb, kept.reads, body)
    moves = _of_invoices("OLD.", "-") + _of_invoices("NEW.", "")
    is_moved = _differs(connection, _status("OLD."), _status("NEW."))
    _trigger(connection, "customers", "overdue_invoices_update", "update", _FOLLOWS_FROM, moves, is_moved)
    opened, was_open = (_OPEN.format(row=row) for row in ("NEW.", "OLD."))
    for verb, amount in (("insert", opened), ("update", f"({opened}) - ({was_open})")):
        body, comes_to = _of_invoice(amount), f"({amount}) <> 0"
        _trigger(connection, "invoices", f"overdue_sums_{verb}", verb, _READ_OF_INVOICES, body, comes_to)


def count_whole(connection: Connection) -> None:
    """Counts the customers and invoices who are here already, from nothing."""
    for kept in KEPT:
        columns, sums = ", ".join((*kept.alike, *kept.adds)), (f"sum({name})" for name in kept.adds)
        alike, rows = ", ".join(kept.alike), _row(connection, kept, "customers.", "")
        connection.execute(text(f"DELETE FROM {kept.table}"))
        grouped = f"SELECT {alike}, {', '.join(sums)} FROM ({rows}) AS parts GROUP BY {alike}"
        connection.execute(text(f"INSERT INTO {kept.table} ({columns}) {grouped}"))
    which = f"{_DUNNED} AND {_LIVE}".format(row="")
    alike = ", ".join(_status("customers."))
    table = "invoices JOIN customers ON customers.id = invoices.customer_id"
    words = _OF_INVOICES.format(alike=alike, invoice="invoices.", amount="sum(total - paid)", table=table, which=which)
    connection.execute(text(f"{words} GROUP BY {alike}, invoices.overdue_from"))


def _bodies(connection: Connection, kept: Kept) -> Iterator[tuple[str, str]]:
    columns, alike = ", ".join((*kept.alike, *kept.adds)), ", ".join(kept.alike)
    less, more = _row(connection, kept, "OLD.", "-"), _row(connection, kept, "NEW.", "")
    yield "insert", f"INSERT INTO {kept.table} ({columns}) {more};"
    yield "delete", f"INSERT INTO {kept.table} ({columns}) {less};"
    sums = [f"sum({name})" for name in kept.adds]
    changed = " OR ".join(f"{each} <> 0" for each in sums)
    yield (
        "update",
        _MOVED.format(
            table=kept.table, columns=columns, alike=alike, sums=", ".join(sums), less=less, more=more, changed=changed
        ),
    )


def _row(connection: Connection, kept: Kept, row: str, sign: str) -> str:
    """What a row counts as, as a select of one row, or of none where it does not count."""
    scale = 10**SCALE if connection.dialect.name == "sqlite" else 1
    limit, balance = (_edge(f"{row}{amount}", _EDGES, scale) for amount in ("credit_limit", "balance"))
    told = {"row": row, "edge_of_limit": limit, "edge_of_balance": balance}
    alike = [f"{says.format(**told)} AS {name}" for name, says in kept.alike.items()]
    adds = [f"{sign}({says.format(**told)}) AS {name}" for name, says in kept.adds.items()]
    source = "FROM customers " if row == "customers." else ""
    return f"SELECT {', '.join([*alike, *adds])} {source}WHERE {kept.counts.format(row=row)}"


_EDGES = edges_by(FINEST)


def _edge(amount: str, edges: list[int], scale: int) -> str:
    """The lower edge of the step that holds an amount, halved again and again."""
    if len(edges) == 1:
        return str(edges[0] * scale)
    middle = len(edges) // 2
    lower, upper = _edge(amount, edges[:middle], scale), _edge(amount, edges[middle:], scale)
    return f"CASE WHEN {amount} < {edges[middle] * scale} THEN {lower} ELSE {upper} END"


def _status(row: str) -> list[str]:
    return [says.format(row=row) for says in (*_ALIKE.values(), *_BY_THE_CLOCK.values())]


def _of_invoice(amount: str) -> str:
    """What an invoice comes to, at the status of its customer."""
    which = f"customers.id = NEW.customer_id AND {_LIVE.format(row='customers.')};"
    alike = ", ".join(_status("customers."))
    return _OF_INVOICES.format(alike=alike, invoice="NEW.", amount=amount, table="customers", which=which)


def _of_invoices(row: str, sign: str) -> str:
    """What the invoices of a customer come to, at a status of its."""
    which = f"invoices.customer_id = {row}id AND {_DUNNED.format(row='invoices.')} AND {_LIVE.format(row=row)};"
    amount = f"{sign}(invoices.total - invoices.paid)"
    alike = ", ".join(_status(row))
    return _OF_INVOICES.format(alike=alike, invoice="invoices.", amount=amount, table="invoices", which=which)


def _trigger(
    connection: Connection, source: str, named: str, verb: str, reads: Iterable[str], body: str, when: str = ""
) -> None:
    """Writes what it comes to that one of the columns that are read has changed, or that `when` holds."""
    on_postgresql = connection.dialect.name == "postgresql"
    name, event = f"{source}_keep_{named}", verb
    if verb == "update":
        event = f"update OF {', '.join(reads)}"
        when = when or _differs(connection, *([f"{row}.{column}" for column in reads] for row in ("OLD", "NEW")))
    does = f"BEGIN {body} END"
    if on_postgresql:
        connection.execute(text(_FUNCTION.format(name=name, body=body)))
        does = f"EXECUTE FUNCTION {name}()"
    connection.execute(text(f"DROP TRIGGER IF EXISTS {name}{f' ON {source}' if on_postgresql else ''}"))
    only = f"WHEN ({when})" if when else ""
    connection.execute(text(f"CREATE TRIGGER {name} AFTER {event} ON {source} FOR EACH ROW {only} {does}"))


def _differs(connection: Connection, old: list[str], new: list[str]) -> str:
    differs = "IS DISTINCT FROM" if connection.dialect.name == "postgresql" else "IS NOT"
    return f"({', '.join(old)}) {differs} ({', '.join(new)})"
