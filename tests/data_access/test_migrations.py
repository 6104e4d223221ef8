"""One history of the schema: it ends where the tables say, guards what is written once, and refuses what cannot be."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Timer
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, Inspector, Table, event, insert, inspect, literal, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from data_access.base.bookings import Kind
from data_access.base.engine import Door, make_engine
from data_access.base.errors import Rejected
from data_access.base.integrity_errors import constraint_of
from data_access.base.text.text_keys import fold
from data_access.migrations import foreseeing, is_current, upgrade
from data_access.migrations.counting import KEPT
from data_access.migrations.every_table import every_table
from data_access.migrations.guards import APPEND_ONLY, recreate
from data_access.migrations.searching import SOURCES
from data_access.models.base import Base, Record, WrittenOnce
from data_access.models.customers import Customer
from data_access.models.history import CommandLog
from data_access.models.money import Allocation, Invoice, Transaction
from tests.support.builders import a_customer, an_account, an_invoice
from tests.support.databases import is_comparable
from tests.support.people import a_person

TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}
VERBS = {"sqlite": ("update", "delete"), "postgresql": ("update", "delete", "truncate")}


def writing(engine: Engine) -> Connection:
    return engine.connect().execution_options(door=Door(is_open=True))


def emptied(engine: Engine) -> None:
    """Takes away every table, as if nothing had been migrated yet."""
    with writing(engine) as connection:
        every_table().drop_all(connection)
        connection.execute(text("DROP TABLE alembic_version"))
        connection.commit()


def triggers(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.scalars(text(TRIGGERS[engine.dialect.name])))


def guards(engine: Engine) -> set[str]:
    written_once = {f"{table}_no_{verb}" for table in APPEND_ONLY for verb in VERBS[engine.dialect.name]}
    replaced = (
        {f"{table}_no_replace" for table in (*APPEND_ONLY, "invoices")} if engine.dialect.name == "sqlite" else set()
    )
    verbs = ("insert", "update", "delete")
    counted = {f"customers_keep_{kept.table}_{verb}" for kept in KEPT for verb in verbs}
    counted |= {"customers_keep_overdue_invoices_update", "invoices_keep_overdue_sums_insert"}
    counted |= {"invoices_keep_overdue_sums_update"}
    found = {f"{source.table}_found_{verb}" for source in SOURCES for verb in verbs}
    indexed = {f"search_texts_indexed_{verb}" for verb in verbs} if engine.dialect.name == "sqlite" else set()
    outdated = set(foreseeing.names())
    return (
        written_once | replaced | counted | found | indexed | outdated | {"invoices_no_reissue", "invoices_no_delete"}
    )


def shape(inspector: Inspector, table: str) -> dict[str, Any]:
    """What the database says about a table, in an order that does not depend on how it was made."""
    return {
        "columns": {(c["name"], str(c["type"]), c["nullable"]) for c in inspector.get_columns(table)},
        "checks": {(c["name"], c["sqltext"]) for c in inspector.get_check_constraints(table)},
        "uniques": {(u["name"], *u["column_names"]) for u in inspector.get_unique_constraints(table)},
        "keys": {
            (k["name"], *k["constrained_columns"], k["referred_table"]) for k in inspector.get_foreign_keys(table)
        },
        "indexes": {
            (i["name"], *i["column_names"], bool(i["unique"]), *(str(value) for value in i["dialect_options"].values()))
            for i in inspector.get_indexes(table)
        },
    }


def refused(engine: Engine, statement: Any, **values: Any) -> str:
    """The name of the constraint that refuses a statement; the test fails if none does."""
    with writing(engine) as connection, pytest.raises(IntegrityError) as caught:
        connection.execute(statement, values)
    return constraint_of(caught.value)


def copied(model: type[WrittenOnce | Record], key: int, **over: Any) -> Any:
    """An INSERT of a written row once more, with a line of its own and what `over` says."""
    table: Table = model.__table__  # type: ignore[assignment]  # a mapped class of ours has a Table
    kept = [column for column in table.c if column.name != "id"]
    told = [literal(over[c.name], c.type) if c.name in over else c for c in kept]
    return insert(table).from_select(kept, select(*told).where(table.c.id == key))


def a_transaction(engine: Engine) -> int:
    an_invoice(engine, a_customer(engine))
    with engine.connect() as connection:
        return connection.execute(select(Transaction.id)).scalars().one()


def test_the_history_ends_where_the_tables_say(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_comparable})
        assert compare_metadata(context, every_table()) == []


def test_a_difference_to_the_tables_is_seen(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("DROP INDEX ix_customers_overdue"))
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": is_comparable})
        assert [change[0] for change in compare_metadata(context, every_table())] == ["add_index"]


def test_a_migrated_database_has_the_shape_of_one_made_from_the_tables(engine: Engine, request: Any) -> None:
    databases = request.getfixturevalue(f"{engine.dialect.name}_databases")
    with databases.fresh() as url:
        declared = make_engine(url)
        with writing(declared) as connection:
            every_table().drop_all(connection)
            every_table().create_all(connection)
            connection.commit()
        found, wanted = inspect(engine), inspect(declared)
        different = {name for name in every_table().tables if shape(found, name) != shape(wanted, name)}
        declared.dispose()
    assert different == set()


def test_what_is_written_once_is_guarded_in_a_fresh_database(engine: Engine) -> None:
    assert triggers(engine) == guards(engine)


def test_every_table_that_is_written_once_has_its_guards() -> None:
    models = (mapper.class_ for mapper in Base.registry.mappers)
    entries = {str(model.__tablename__) for model in models if issubclass(model, WrittenOnce)}
    assert set(APPEND_ONLY) == entries | {CommandLog.__tablename__}


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_a_lost_guard_comes_back(engine: Engine, table: str) -> None:
    on_table = f" ON {table}" if engine.dialect.name == "postgresql" else ""
    with writing(engine) as connection:
        connection.execute(text(f"DROP TRIGGER {table}_no_update{on_table}"))
        recreate(connection)
        connection.commit()
    assert triggers(engine) == guards(engine)


def test_making_the_guards_anew_twice_changes_nothing(engine: Engine) -> None:
    with writing(engine) as connection:
        recreate(connection)
        recreate(connection)
        connection.commit()
    assert triggers(engine) == guards(engine)


def test_a_guard_refuses_even_a_writer_with_the_door_open(engine: Engine) -> None:
    key = a_transaction(engine)
    with writing(engine) as connection, pytest.raises(DBAPIError, match="transactions is append-only"):
        connection.execute(text("UPDATE transactions SET reference = 'x' WHERE id = :id"), {"id": key})


def test_an_invoice_is_not_deleted(engine: Engine) -> None:
    a_transaction(engine)
    with writing(engine) as connection, pytest.raises(DBAPIError, match="invoices is append-only"):
        connection.execute(text("DELETE FROM invoices"))


def columns_of(url: str, table: str) -> list[str]:
    engine = make_engine(url)
    named = [column["name"] for column in inspect(engine).get_columns(table)]
    engine.dispose()
    return named


@contextmanager
def other_program(url: str) -> Iterator[sqlite3.Connection]:
    """A program that knows nothing of our settings."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
        for pragma in ("foreign_keys=OFF", "recursive_triggers=OFF", "ignore_check_constraints=ON"):
            connection.execute(f"PRAGMA {pragma}")
        yield connection


def put(connection: sqlite3.Connection, verb: str, table: str, row: dict[str, Any], columns: list[str]) -> None:
    names, marks = ", ".join(columns), ", ".join("?" for _ in columns)
    connection.execute(f"{verb} INTO {table} ({names}) VALUES ({marks})", [row[name] for name in columns])


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE"])
@pytest.mark.parametrize("table", [*APPEND_ONLY, "invoices"])
def test_no_row_that_is_written_once_is_replaced(sqlite_url: str, table: str, verb: str, recursive: str) -> None:
    columns = columns_of(sqlite_url, table)
    row = dict.fromkeys(columns, 7)
    with other_program(sqlite_url) as other:
        other.execute(f"PRAGMA recursive_triggers={recursive}")
        put(other, "INSERT", table, row, columns)
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE constraint failed"):
            put(other, verb, table, row, columns)
        assert other.execute(f"SELECT count(*) FROM {table}").fetchone() == (1,)


@pytest.mark.parametrize(
    ("table", "shared"),
    [
        ("command_log", ["number"]), ("invoices", ["customer_id", "number"]),
        ("transactions", ["reverses_id"]), ("transactions", ["command_id", "line"]),
        ("transactions", ["customer_id", "reference"]), ("allocations", ["reverses_id"]),
    ],
)  # fmt: skip
def test_a_row_is_not_replaced_through_another_key_either(sqlite_url: str, table: str, shared: list[str]) -> None:
    columns = columns_of(sqlite_url, table)
    kinds = {"kind": "usage_charge"} | ({"reverses_id": None} if "reference" in shared else {})
    first = dict.fromkeys(columns, "7") | kinds | {"id": 7}
    second = dict.fromkeys(columns, "8") | kinds | {"id": 8} | {name: first[name] for name in shared}
    with other_program(sqlite_url) as other:
        put(other, "INSERT", table, first, columns)
        with pytest.raises(sqlite3.IntegrityError, match=f"UNIQUE constraint failed: .*{shared[-1]}"):
            put(other, "REPLACE", table, second, columns)
        second |= dict.fromkeys(shared, "9") | kinds
        put(other, "INSERT", table, second, columns)  # what meets nothing is taken
        assert other.execute(f"SELECT count(*) FROM {table}").fetchone() == (2,)


def test_an_upgrade_waits_longer_for_a_writer_than_others_do(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'new.db'}")
    event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA busy_timeout=1"))
    assert not is_current(engine)
    with closing(sqlite3.connect(engine.url.database, isolation_level=None, check_same_thread=False)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        ends = Timer(0.2, writer.execute, ["ROLLBACK"])
        ends.start()
        upgrade(engine, "0001")
        ends.join()
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one() == "0001"
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 1
    engine.dispose()


def test_an_upgrade_of_a_current_database_keeps_everything(engine: Engine) -> None:
    key = a_customer(engine)
    upgrade(engine)
    assert is_current(engine)
    assert triggers(engine) == guards(engine)
    with engine.connect() as connection:
        assert connection.execute(select(Customer.id)).scalars().all() == [key]


def test_an_empty_database_is_not_current(tmp_path: Any) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'new.db'}")
    assert not is_current(engine)
    engine.dispose()


def test_a_database_of_a_newer_version_is_refused_with_the_way_out(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    with pytest.raises(Rejected) as refusal:
        upgrade(engine)
    assert str(refusal.value) == (
        "The database is at revision 9999, which this version does not know: a newer version wrote it. "
        "Start that version, or give another DATABASE_URL."
    )


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ("balance_control = 'prepaid'", "no_credit_limit_on_prepaid"),
        ("credit_limit = -1", "credit_limit_not_negative"),
        ("outstanding = -1", "summaries_not_negative"),
        ("unallocated = -1", "summaries_not_negative"),
        ("customer_code = ''", "customer_id_not_empty"),
        ("bill_status = 'asleep'", "billstatus"),
        ("balance_control = 'on_trust'", "balancecontrol"),
        ("bill_status = 'suspended'", "suspended_has_cause_and_moment"),
        ("bill_status = 'suspended', suspended_at = created_at", "suspended_has_cause_and_moment"),
        ("suspension_cause = 'collection'", "suspended_has_cause_and_moment"),
        ("suspension_lifted_until = created_at, first_lifted_on = '2026-01-01'", "only_suspended_is_lifted"),
        ("bill_status = 'provisionally_terminated'", "provisional_has_its_end"),
        ("bill_status = 'permanently_terminated'", "terminated_has_its_moment"),
        ("terminated_at = created_at", "terminated_has_its_moment"),
        ("bill_status = 'exported'", "exported_has_its_moment"),
    ],
)
def test_a_customer_cannot_stand_so(engine: Engine, facts: str, constraint: str) -> None:
    key = a_customer(engine)
    hit = refused(engine, text(f"UPDATE customers SET {facts} WHERE id = :id"), id=key)
    assert hit == f"ck_customers_{constraint}"


@pytest.mark.parametrize(("first", "second"), [("acme-7", "ACME-7"), ("Straße 1", "STRASSE 1"), ("Café", "cafe")])
def test_two_customers_cannot_share_an_id_in_other_letters(engine: Engine, first: str, second: str) -> None:
    a_customer(engine, customer_code=first)
    other = a_customer(engine)
    taken = text("UPDATE customers SET customer_code = :code, customer_code_key = :key WHERE id = :id")
    hit = refused(engine, taken, code=second, key=fold(second), id=other)
    assert hit == "uq_customers_customer_code_key"


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (Kind.ROUNDING, Kind.TAX)])
def test_a_transaction_cannot_have_the_sign_of_another_kind(engine: Engine, kind: Kind) -> None:
    key = a_transaction(engine)
    raises_the_balance = kind in (
        Kind.MANUAL_CHARGE, Kind.REFUND, Kind.OPENING_DEBT, Kind.INVOICED_CHARGE, Kind.USAGE_CHARGE,
        Kind.SUBSCRIPTION_FEE, Kind.DID_FEE, Kind.LATE_FEE, Kind.REACTIVATION_FEE, Kind.ECOMMERCE_REFUND,
        Kind.WALLET_TOP_UP, Kind.CANCELLATION_PENALTY, Kind.CREDIT_TAKEN, Kind.CLOSING_DEBIT,
        Kind.MEASURED_CHARGE,
    )  # fmt: skip
    wrong = Decimal(-1 if raises_the_balance else 1)
    assert refused(engine, copied(Transaction, key, line=2, kind=kind, amount=wrong)) == (
        "ck_transactions_sign_follows_kind"
    )


def test_a_transaction_of_nothing_cannot_be(engine: Engine) -> None:
    wrong = copied(Transaction, a_transaction(engine), line=2, amount=Decimal(0))
    assert refused(engine, wrong).startswith("ck_transactions_")


def test_a_transaction_cannot_be_reversed_twice(engine: Engine) -> None:
    key = a_transaction(engine)
    with writing(engine) as connection:
        connection.execute(copied(Transaction, key, line=2, reverses_id=key))
        connection.commit()
    assert refused(engine, copied(Transaction, key, line=3, reverses_id=key)) == "uq_transactions_reverses_id"


def test_a_line_of_a_command_cannot_be_booked_twice(engine: Engine) -> None:
    assert refused(engine, copied(Transaction, a_transaction(engine))) == "uq_transactions_command_id_line"


def test_an_allocation_is_put_to_one_use(engine: Engine) -> None:
    an_invoice(engine, a_customer(engine), paid=Decimal(40))
    with engine.connect() as connection:
        key = connection.execute(select(Allocation.id)).scalars().one()
    assert refused(engine, copied(Allocation, key, invoice_id=None)) == "ck_allocations_one_use"


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ("paid = -1", "paid_not_negative"),
        ("paid = total + 1", "paid_at_most_total"),
        ("payment_status = 'overdue'", "paymentstatus"),
    ],
)
def test_an_invoice_cannot_stand_so(engine: Engine, facts: str, constraint: str) -> None:
    key = an_invoice(engine, a_customer(engine))
    assert refused(engine, text(f"UPDATE invoices SET {facts} WHERE id = :id"), id=key) == f"ck_invoices_{constraint}"


@pytest.mark.parametrize("facts", ["total = 1", "due_on = '2030-01-01'", "number = 'other'", "policy_id = 999"])
def test_an_issued_invoice_is_not_changed(engine: Engine, facts: str) -> None:
    key = an_invoice(engine, a_customer(engine))
    with writing(engine) as connection, pytest.raises(DBAPIError, match="an issued invoice is not changed"):
        connection.execute(text(f"UPDATE invoices SET {facts} WHERE id = :id"), {"id": key})


def test_an_invoice_is_not_due_before_its_issue(engine: Engine) -> None:
    key = an_invoice(engine, a_customer(engine))
    early = copied(Invoice, key, number="OTHER", due_on=date(2020, 1, 1))
    assert refused(engine, early) == "ck_invoices_due_not_before_issue"


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ("role = 'system'", "a_person_is_not_the_system"),
    ],
)
def test_a_person_cannot_stand_so(engine: Engine, facts: str, constraint: str) -> None:
    key = a_person(engine).person_id
    assert refused(engine, text(f"UPDATE people SET {facts} WHERE id = :id"), id=key) == f"ck_people_{constraint}"


@pytest.mark.parametrize("facts", ["per_booking = -1", "per_day = -1"])
def test_a_personal_limit_cannot_be_negative(engine: Engine, facts: str) -> None:
    a_person(engine, credit_per_booking=Decimal(1), credit_per_day=Decimal(1))
    hit = refused(engine, text(f"UPDATE personal_limits SET {facts}"))
    assert hit == "ck_personal_limits_limits_not_negative"


def test_a_row_cannot_belong_to_a_customer_that_is_not_there(engine: Engine) -> None:
    key = an_account(engine, a_customer(engine))
    moved = text("UPDATE accounts SET customer_id = 999999 WHERE id = :id")
    with writing(engine) as connection, pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        connection.execute(moved, {"id": key})
