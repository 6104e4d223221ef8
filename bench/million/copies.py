"""The multiplication of a book in SQL: what is remembered of each table, and how one more copy of it is written."""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from math import lcm
from queue import SimpleQueue
from typing import Any

from sqlalchemy import Column, String, Table, UniqueConstraint

from bench.million import names
from data_access.models.base import Base

RARE = (("HUF", "CZK", 100), ("DKK", "SEK", 50), ("NOK", "SEK", 20))  # currency, instead of, in every so many copies
_OLD = "old_"  # before the name of a passing table that holds the rows to be multiplied
PASSING = "passing"  # the schema of such tables, on PostgreSQL
_FOUND_BY = {
    "customers": ("customer_code",), "self_care_logins": ("login",), "invoices": ("number",),
    "transactions": ("reference",), "foreseen_steps": ("number",),
}  # fmt: skip  # texts that are not unique by a constraint, and are to differ all the same
_OF_INVOICES = {"invoices", "transactions", "foreseen_steps"}  # where such a text is the number of an invoice
_REFERS = {
    ("change", "entity_id"): "customers",
    ("foreseen_steps", "customer_id"): "customers",
    ("foreseen_steps", "plan_id"): "planned_moves",
    ("outdated_forecasts", "customer_id"): "customers",
}  # without a foreign key
_LEFT_OUT = {  # of one moment, or made of the others
    "bulk_rows", "drafts", "job_troubles", "search_texts",
}  # fmt: skip
_NOT_OF_CUSTOMERS = "('demo-ground', 'demo-people')"
_OWNED = {  # rows that are a customer's without saying so in a column of their own, or not all of them
    "command_log": (
        f"SELECT x.*, coalesce(x.customer_id, 0) AS owner FROM command_log x WHERE x.id NOT IN {_NOT_OF_CUSTOMERS}"
    ),
    "change": "SELECT x.*, x.customer_id AS owner FROM change x WHERE x.entity = 'Customer'",
    "customers": "SELECT x.*, x.id AS owner FROM customers x",
    "personal_values": (
        "SELECT x.*, c.customer_id AS owner FROM personal_values x JOIN change c ON c.personal_id = x.id"
        " WHERE c.entity = 'Customer'"
    ),
}


@dataclass(slots=True)
class Book:
    """A database that is being filled, by its driver: no door, no audit, no triggers."""

    connection: Any
    dialect: names.Dialect
    last: dict[str, int] = field(default_factory=dict)  # the highest id of each table that is multiplied
    beside: "tuple[Book, ...]" = ()  # the same by other connections, of PostgreSQL

    def run(self, statement: str) -> Any:
        return self.connection.execute(statement)

    def one(self, statement: str) -> int:
        return int(self.run(statement).fetchone()[0] or 0)

    def many(self, table: str, rows: list[tuple[object, ...]]) -> None:
        places = ", ".join(["?" if self.is_sqlite else "%s"] * len(rows[0]))
        self.connection.cursor().executemany(f"INSERT INTO {table} VALUES ({places})", rows)

    def each(self, works: Iterable["Callable[[Book], object]"]) -> None:
        """Does all of them, as many at once as there are connections."""
        free = SimpleQueue[Book]()
        for one in (self, *self.beside):
            free.put(one)

        def do(work: Callable[[Book], object]) -> None:
            book = free.get()
            work(book)
            free.put(book)

        with ThreadPoolExecutor(1 + len(self.beside)) as pool:
            list((pool.map if self.beside else map)(do, works))

    @property
    def is_sqlite(self) -> bool:
        return self.dialect.name == "sqlite"

    @property
    def passing(self) -> str:
        """What makes a table that is gone in the end, up to its name; all connections see it."""
        return "CREATE TEMP TABLE " if self.is_sqlite else f"CREATE UNLOGGED TABLE {PASSING}."


@dataclass(frozen=True, slots=True)
class Copy:
    """One more copy. The second, fourth and so on leave the suspended out; the last one ends where enough are there."""

    number: int
    up_to: int | None

    @property
    def where(self) -> str:
        halved = "x.sparse = 0" if self.number % 2 else "1 = 1"
        return halved if self.up_to is None else f"{halved} AND x.owner <= {self.up_to}"

    @property
    def suffix(self) -> str:
        return f"{self.number:03}"

    @property
    def currencies(self) -> dict[str, str]:
        """Which currency stands here in place of which."""
        found: dict[str, str] = {}
        for currency, instead_of, every in RARE:
            if self.number % every == 0:
                found.setdefault(instead_of, currency)
        return found


def remember(book: Book) -> None:
    """Keeps the rows of the template, with names to draw from; parents come before their children."""
    book.run(f"{book.passing}sparse AS SELECT id FROM customers WHERE bill_status = 'suspended'")
    book.run(
        f"{book.passing}rare AS SELECT c.id, c.currency FROM customers c JOIN customer_classes k"
        " ON k.id = c.customer_class_id WHERE k.currency IS NULL"
        " AND c.id NOT IN (SELECT customer_id FROM top_ups)"
        " AND c.id NOT IN (SELECT customer_id FROM discount_assignments)"
    )
    for table in Base.metadata.sorted_tables:
        rows = _OWNED.get(table.name)
        if rows is None and "customer_id" in table.c and table.name not in _LEFT_OUT:
            rows = f"SELECT x.*, x.customer_id AS owner FROM {table.name} x WHERE x.customer_id IS NOT NULL"
        if rows is None or not book.one(f"SELECT count(*) FROM ({rows}) all_of_them"):
            continue
        sparse = "CASE WHEN y.owner IN (SELECT id FROM sparse) THEN 1 ELSE 0 END AS sparse"
        kept = f"SELECT y.*, {sparse} FROM ({rows}) y ORDER BY {_numbered(table)}"
        book.run(f"{book.passing}{_OLD}{table.name} AS {kept}")
        book.last[table.name] = book.one(f"SELECT max({_numbered(table)}) FROM {table.name}")
    spreads = lcm(*(row[0] for row in book.run("SELECT DISTINCT spread_minutes + 1 FROM collection_policies")))
    book.last["customers"] += -book.last["customers"] % spreads  # a copy's steps come at the very same minute
    columns = ", ".join(f"{name} {'int' if name == 'i' else 'text'}" for name in names.COLUMNS)
    book.run(f"{book.passing}pools ({columns}, PRIMARY KEY (land, i))")
    book.run(f"{book.passing}lands (land text PRIMARY KEY, begins text, begins_key text, width int)")
    book.many("pools", list(names.pool_rows()))
    book.many("lands", list(names.land_rows()))
    if not book.is_sqlite:  # which knows nothing of new tables otherwise, and compares each row with each name
        book.run(f"ANALYZE sparse, rare, pools, lands, {', '.join(f'{_OLD}{name}' for name in book.last)}")


def copies(book: Book, customers: int) -> list[Copy]:
    """As many as there have to be for so many customers in all."""
    whole = book.one(f"SELECT count(*) FROM {_OLD}customers")
    halved = whole - book.one("SELECT count(*) FROM sparse")
    found: list[Copy] = []
    missing = customers - whole
    while missing > 0:
        number = len(found) + 1
        size = halved if number % 2 else whole
        up_to = None
        if size > missing:
            of = f"SELECT x.id FROM {_OLD}customers x WHERE {Copy(number, None).where}"
            up_to = book.one(f"{of} ORDER BY x.id LIMIT 1 OFFSET {missing - 1}")
        found.append(Copy(number, up_to))
        missing -= size
    return found


def multiply(book: Book, those: list[Copy]) -> None:
    """Writes all copies, table by table, the one with most rows first."""
    _more_plans(book)
    tables = [table for table in Base.metadata.sorted_tables if table.name in book.last]
    tables.sort(key=lambda table: -book.one(f"SELECT count(*) FROM {_OLD}{table.name}"))
    book.each(partial(_write_all, table=table, those=those) for table in tables)


def _write_all(book: Book, *, table: Table, those: list[Copy]) -> None:
    begun = time.perf_counter()
    for copy in those:
        _write(book, table, copy)
    if (taken := time.perf_counter() - begun) > 1:
        print(f"{'':20}{table.name}: {taken:.1f} s", flush=True)


def _write(book: Book, table: Table, copy: Copy) -> None:
    told = {column.name: _told(book, table, column, copy) for column in table.columns}
    joined = ""
    if table.name == "customers":
        own = f"(x.id + {copy.number * book.last['customers']})"
        told |= {name: how.replace("w.id", own) for name, how in names.who(book.dialect).items()}
        joined = names.JOINED.replace("w.id", own)
    columns = ", ".join(f'"{name}"' for name in told)
    book.run(
        f"INSERT INTO {table.name} ({columns}) SELECT {', '.join(told.values())}"
        f" FROM {_OLD}{table.name} x {joined} WHERE {copy.where}"
    )


def _told(book: Book, table: Table, column: Column[Any], copy: Copy) -> str:
    """What a column of a copied row holds."""
    own = f'x."{column.name}"'
    if (table.name, column.name) in _REFERS:
        return f"{own} + {copy.number * book.last[_REFERS[table.name, column.name]]}"
    if column.name == _numbered(table):
        return f"{own} + {copy.number * book.last[table.name]}"
    if table.name == "command_log" and column.name == "id":
        return _command(own, copy)
    for key in column.foreign_keys:
        parent = key.column.table.name
        if parent == "command_log":
            return _command(own, copy)
        if parent in book.last:
            return f"{own} + {copy.number * book.last[parent]}"
        if parent == "subscription_plans":
            return _plan(own, copy)
    if column.name in ("currency", "fee_currency"):
        return _currency(own, copy)
    if (table.name, column.name) == ("foreseen_steps", "says"):  # which names the invoice
        return f"coalesce(replace({own}, x.number, x.number || '-{copy.suffix}'), {own})"
    if column.name in _differing(table):
        suffix = f"-{copy.suffix}" if table.name in _OF_INVOICES else copy.suffix
        return f"CASE WHEN {own} <> '' THEN {own} || '{suffix}' ELSE {own} END"
    return own


def _differing(table: Table) -> set[str]:
    """The texts that no two rows of a table share."""
    unique = [list(one.columns) for one in table.constraints if isinstance(one, UniqueConstraint)]
    unique += [list(index.columns) for index in table.indexes if index.unique]
    alone = {columns[0].name for columns in unique if len(columns) == 1 and isinstance(columns[0].type, String)}
    return alone | set(_FOUND_BY.get(table.name, ()))


def _command(own: str, copy: Copy) -> str:
    """After all that the demo calls its own, so that each stands at the end of its index."""
    return f"'many-{copy.suffix}-' || {own}"


def _numbered(table: Table) -> str:
    if table.name == "foreseen_steps":
        return "customer_id"
    return "number" if table.name == "command_log" else "id"


def _more_plans(book: Book) -> None:
    """Each plan in the rare currencies too."""
    columns = [column.name for column in Base.metadata.tables["subscription_plans"].columns]
    for place, (currency, instead_of, _) in enumerate(RARE, 1):
        told = {name: name for name in columns} | {
            "id": f"id + {place} * (SELECT max(plan_id) FROM {_OLD}subscriptions) + {place * 1000}",
            "currency": f"'{currency}'",
            "name": f"replace(name, '{instead_of}', '{currency}')",
            "name_key": f"replace(name_key, '{instead_of.lower()}', '{currency.lower()}')",
        }
        book.run(
            f"INSERT INTO subscription_plans ({', '.join(told)}) SELECT {', '.join(told.values())}"
            f" FROM subscription_plans WHERE currency = '{instead_of}'"
        )


def _currency(own: str, copy: Copy) -> str:
    cases = "".join(
        f" WHEN {own} = '{instead_of}' AND x.owner IN (SELECT id FROM rare) THEN '{currency}'"
        for instead_of, currency in copy.currencies.items()
    )
    return f"CASE{cases} ELSE {own} END" if cases else own


def _plan(own: str, copy: Copy) -> str:
    """The same plan in the currency of the copy."""
    cases = "".join(
        f" WHEN x.owner IN (SELECT id FROM rare WHERE currency = '{instead_of}') THEN (SELECT t.id"
        " FROM subscription_plans o JOIN subscription_plans t ON t.public_name = o.public_name"
        f" AND t.currency = '{currency}' WHERE o.id = {own})"
        for instead_of, currency in copy.currencies.items()
    )
    return f"CASE{cases} ELSE {own} END" if cases else own


def everyday(book: Book, now: datetime) -> None:
    """A command for each customer in turn, spread over the year before, with two changes each. Nothing chains them."""
    since, until = (f"{at:%Y-%m-%d %H:%M:%S}" for at in (now - timedelta(days=365), now))
    first, last = "(SELECT min(id) FROM customers)", "(SELECT max(id) FROM customers)"
    share = f"(1.0 * (c.id - {first}) / ({last} - {first} + 1))"
    moment = (
        f"strftime('%Y-%m-%d %H:%M:%S', unixepoch('{since}') + {share} * (unixepoch('{until}') - unixepoch('{since}')),"
        " 'unixepoch') || '.000000'"
        if book.is_sqlite
        else f"timestamptz '{since}+00' + {share} * (timestamptz '{until}+00' - timestamptz '{since}+00')"
    )
    kinds = ("BookTransaction", "EditCustomer", "AddNote", "ChangeStatus", "ChangeLimit", "BookTransaction")
    kind = f"CASE c.id % {len(kinds)} " + "".join(f"WHEN {n} THEN '{name}' " for n, name in enumerate(kinds)) + "END"
    own, numbers = f"'year-' || {book.dialect.padded('c.id', 9)}", book.one("SELECT max(number) FROM command_log")
    who = f"'agent' || {book.dialect.padded('c.id % 40', 2)}"
    digest = "c3ab8ff13720e8ad9047dd39466b3c8974e592c2fa383d4a3960714caef0c4f2"
    written = [
        "INSERT INTO command_log (id, number, name, login, customer_id, reason, payload_hash, result, at, digest,"
        f" tables, applied_at) SELECT {own}, {numbers} + c.id, {kind}, {who}, c.id,"
        f" CASE c.id % 3 WHEN 0 THEN 'Asked for by phone' ELSE '' END, '{digest}', '{{}}', {moment}, '{digest}',"
        f" 'customers', {moment} FROM customers c ORDER BY c.id"
    ]
    changes = book.one("SELECT max(id) FROM change")
    for place, fields in enumerate((("billing_zone", "country"), ("credit_limit", "blocked")), 1):
        which = f"CASE (c.id / 7) % 2 WHEN 0 THEN '{fields[0]}' ELSE '{fields[1]}' END"
        written.append(
            "INSERT INTO change (id, command_id, entity, entity_id, customer_id, field, before, after)"
            f" SELECT {changes} + 2 * c.id + {place}, {own}, 'Customer', c.id, c.id, {which}, '\"before\"', '\"after\"'"
            " FROM customers c ORDER BY c.id"
        )
    book.each(partial(Book.run, statement=statement) for statement in written)


def numbers_go_on() -> Iterator[str]:
    """On PostgreSQL: what sets each sequence behind the rows that are there."""
    for table in Base.metadata.sorted_tables:
        if "id" in table.c and not isinstance(table.c.id.type, String):
            of = f"pg_get_serial_sequence('{table.name}', 'id')"
            yield f"SELECT setval({of}, (SELECT max(id) FROM {table.name})) WHERE {of} IS NOT NULL"
