"""The roles of `deploy/roles.sql` on a real PostgreSQL: what each may do, and what the database refuses it."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL, Engine, make_url, select, text
from sqlalchemy.exc import InternalError, ProgrammingError

from data_access.base.bookings import Kind
from data_access.base.engine import Door, make_engine
from data_access.base.permissions import SYSTEM, Role
from data_access.base.schedule import Job
from data_access.commands.billing.money import BookTransaction
from data_access.commands.collections.collection import Collect
from data_access.migrations import is_current, upgrade
from data_access.migrations.every_table import every_table
from data_access.migrations.guards import APPEND_ONLY
from data_access.models.customers import Customer
from data_access.models.jobs import RunState
from data_access.queries.customers.customer import CustomerHead
from data_access.queries.forecast.customer_forecast import WhatHappensNext
from data_access.queries.forecast.forecast_steps import Foreseen
from data_access.store import drafts, job_leases, sign_ins
from data_access.store.access import Access, access_as, new_command_id
from data_access.store.bulk import fold_counts
from data_access.store.job_leases import Holder, Tally
from tests.support.builders import a_class, a_customer, an_invoice
from tests.support.databases import PostgresqlDatabases
from tests.support.people import NOW, a_person

SCRIPT = (Path(__file__).resolve().parents[2] / "deploy" / "roles.sql").read_text()
COMMAND = "7a4a1a60-0000-4000-8000-000000000001"


def apply_roles(url: str) -> None:
    """The script as a superuser runs it."""
    address = make_url(url)
    socket = str(address.query["host"])
    with psycopg.connect(host=socket, user=address.username, dbname=address.database) as connection:
        connection.execute(SCRIPT.encode())


def engine_as(role: str, url: str | URL) -> Engine:
    return make_engine(make_url(url).set(username=role).render_as_string(hide_password=False))


@pytest.fixture(scope="module")
def owner(postgresql_databases: PostgresqlDatabases) -> Iterator[Engine]:
    """The superuser of a database with the roles: one for all, since little of what is tried here succeeds."""
    with postgresql_databases.fresh() as url:
        apply_roles(url)
        made = make_engine(url)
        yield made
        made.dispose()


@pytest.fixture(scope="module")
def app(owner: Engine) -> Iterator[Engine]:
    made = engine_as("desk_app", owner.url)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def reader(owner: Engine) -> Iterator[Engine]:
    made = engine_as("desk_reader", owner.url)
    yield made
    made.dispose()


def refusal(engine: Engine, statement: str) -> str:
    """What the database says to a statement that it refuses, with the door of the product open."""
    with (
        engine.connect().execution_options(door=Door(is_open=True)) as connection,
        pytest.raises(ProgrammingError) as caught,
    ):
        connection.execute(text(statement))
    return str(caught.value.orig)


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_desk_has_no_right_to_change_what_is_written_once(app: Engine, table: str, verb: str) -> None:
    assert refusal(app, verb.format(table)) == f"permission denied for table {table}"


@pytest.mark.parametrize("table", ["customers", "invoices", "people", "notes"])
@pytest.mark.parametrize("verb", ["DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_desk_has_no_right_to_delete(app: Engine, table: str, verb: str) -> None:
    assert refusal(app, verb.format(table)) == f"permission denied for table {table}"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE own (id int)",
        "DROP TABLE notes",
        "ALTER TABLE change DISABLE TRIGGER ALL",
        "DROP TRIGGER change_no_update ON change",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "UPDATE alembic_version SET version_num = '0'",
    ],
)
def test_the_desk_cannot_take_its_own_guards_away(app: Engine, statement: str) -> None:
    assert refusal(app, statement).startswith(("permission denied", "must be owner"))


def test_the_desk_can_do_its_work(owner: Engine, app: Engine) -> None:
    clerk = a_person(owner)
    customer_id = a_customer(owner)
    an_invoice(owner, customer_id)
    payment = BookTransaction(
        command_id=COMMAND, customer_id=customer_id, kind=Kind.MANUAL_PAYMENT, amount=Decimal(100), reason=""
    )
    Access(app, clerk, lambda: NOW).execute(payment)
    with app.connect() as connection:
        assert connection.execute(select(Customer.balance).where(Customer.id == customer_id)).scalar_one() == 0


def test_the_desk_runs_jobs_and_tidies_up_after_them(app: Engine) -> None:
    worker = Holder("worker")
    run_id = job_leases.begin_run(app, Job.TIDY, worker, now=NOW, as_of=NOW)
    assert run_id is not None
    job_leases.end_run(app, run_id, Job.TIDY, worker, tally=Tally(), state=RunState.DONE, now=NOW)
    job_leases.prune(app, NOW)


def test_people_can_sign_in_and_keep_drafts(owner: Engine, app: Engine) -> None:
    person_id = a_person(owner, Role.MANAGER).person_id
    assert person_id is not None
    token = sign_ins.open_session(app, person_id, NOW)
    draft = drafts.draft_for(app, person_id, "form", "", NOW)
    drafts.keep(app, draft, {"name": "Ann"}, NOW)
    assert sign_ins.actor_for_token(app, token, NOW) is not None
    assert drafts.draft_for(app, person_id, "form", "", NOW).typed == {"name": "Ann"}


def test_the_desk_starts_on_a_database_that_is_up_to_date(app: Engine) -> None:
    upgrade(app)
    assert is_current(app)


def test_a_reader_sees_customers(owner: Engine, reader: Engine) -> None:
    key = a_customer(owner)
    with reader.connect() as connection:
        assert key in connection.execute(select(Customer.id)).scalars().all()


def decided() -> dict[str, tuple[str, str, str]]:
    """Who may do what with each table, as the script says it."""
    rows = re.findall(r"^    \('(\w+)',\s+'([-a-z]+)',\s+'([-a-z]+)',\s+'([-a-z]+)'\)", SCRIPT, re.MULTILINE)
    return {name: (app, reader, archiver) for name, app, reader, archiver in rows}


def test_somebody_decided_on_every_table() -> None:
    assert set(decided()) == {*every_table().tables, "alembic_version"}


def test_a_table_that_nobody_decided_on_is_open_to_nobody(postgresql_url: str) -> None:
    database = make_engine(postgresql_url)
    with database.connect().execution_options(door=Door(is_open=True)) as connection:
        connection.execute(text("CREATE TABLE later (id int)"))
        connection.commit()
    apply_roles(postgresql_url)
    for role in ("desk_app", "desk_reader", "desk_archiver"):
        engine = engine_as(role, postgresql_url)
        assert refusal(engine, "SELECT id FROM later") == "permission denied for table later"
        engine.dispose()
    database.dispose()


@pytest.mark.parametrize("role", ["desk_app", "desk_reader", "desk_archiver"])
def test_each_role_has_what_was_decided_and_no_more(owner: Engine, role: str) -> None:
    verbs = {"s": "SELECT", "i": "INSERT", "u": "UPDATE", "d": "DELETE"}
    place = ("desk_app", "desk_reader", "desk_archiver").index(role)
    wanted = {(name, verbs[letter]) for name, row in decided().items() for letter in row[place].replace("-", "")}
    asked = "SELECT table_name, privilege_type FROM information_schema.table_privileges WHERE grantee = :role"
    with owner.connect() as connection:
        assert {tuple(row) for row in connection.execute(text(asked), {"role": role})} == wanted


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_nobody_may_update_what_is_written_once(table: str) -> None:
    assert not any("u" in letters for letters in decided()[table])


SECRETS = sorted(
    f"{table.name}.{column.name}"
    for table in every_table().tables.values()
    for column in table.columns
    if column.info.get("secret") or table.name in {"sign_in_sessions", "sign_in_attempts", "drafts", "personal_values"}
)


@pytest.mark.parametrize("secret", [*SECRETS, "people.oidc_subject"])
@pytest.mark.parametrize("role", ["desk_reader", "desk_archiver"])
def test_who_only_reads_or_archives_reads_no_secret(owner: Engine, role: str, secret: str) -> None:
    table, _, column = secret.partition(".")
    engine = engine_as(role, owner.url)
    assert refusal(engine, f"SELECT {column} FROM {table}") == f"permission denied for table {table}"
    engine.dispose()


def test_a_notebook_acts_as_a_named_person(owner: Engine, reader: Engine) -> None:
    key, analyst = a_customer(owner), a_person(owner, Role.ANALYST)
    assert access_as(reader, analyst.login, lambda: NOW).fetch(CustomerHead(key)).customer_id == key


def test_a_reader_is_told_what_waits_for_a_notice_and_not_to_whom_it_goes(owner: Engine, reader: Engine) -> None:
    of_class = a_class(owner, suspend_after=6, suspend_notices=[3], working_days_only=False)
    debtor = a_customer(owner, customer_class_id=of_class, email="a@example.org")
    an_invoice(owner, debtor, issued_on=date(2026, 6, 1), due_on=date(2026, 6, 16))
    now = datetime(2026, 6, 19, tzinfo=UTC)
    warned = Access(owner, SYSTEM, lambda: now).execute(Collect(customer_id=debtor, command_id=new_command_id()))
    assert "warn_suspend" in warned.steps
    told = access_as(reader, a_person(owner, Role.ANALYST).login, lambda: now).fetch(WhatHappensNext(debtor))
    assert [one.on for one in told if one.kind is Foreseen.SUSPENSION] == [date(2026, 6, 22)]
    for column in ("recipient", "subject", "body", "payload", "last_error"):
        assert refusal(reader, f"SELECT {column} FROM messages") == "permission denied for table messages"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT pg_advisory_lock(1)", "SELECT pg_advisory_xact_lock(1)", "SELECT pg_try_advisory_lock(1, 2)",
        "SELECT pg_advisory_xact_lock_shared(1)", "SELECT id FROM customers FOR UPDATE",
        "SELECT id FROM command_log FOR KEY SHARE", "LOCK TABLE command_log IN SHARE MODE",
        "LOCK TABLE customers IN ROW EXCLUSIVE MODE", "SELECT lo_create(0)",
    ],
)  # fmt: skip
def test_a_reader_holds_up_nobody_who_writes(reader: Engine, statement: str) -> None:
    with reader.connect().execution_options(door=Door(is_open=True)) as connection:
        connection.execute(text("SET TRANSACTION READ WRITE"))
        with pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text(statement))


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO resellers (name, name_key, version) VALUES ('x', 'x', 1)",
        "UPDATE customers SET blocked = true",
        "DELETE FROM notes",
        "CREATE TABLE own (id int)",
    ],
)
def test_a_reader_writes_nothing_even_in_a_writing_transaction(reader: Engine, statement: str) -> None:
    with reader.connect().execution_options(door=Door(is_open=True)) as connection:
        connection.execute(text("SET TRANSACTION READ WRITE"))
        with pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text(statement))


def test_the_owner_migrates_an_empty_database(postgresql_databases: PostgresqlDatabases) -> None:
    server = postgresql_databases.server
    server.order("CREATE DATABASE untouched")
    url = server.url("untouched")
    apply_roles(url)
    migrator = engine_as("desk_owner", url)
    upgrade(migrator)
    migrator.dispose()
    apply_roles(url)
    desk = engine_as("desk_app", url)
    assert is_current(desk)
    desk.dispose()
    server.order("DROP DATABASE untouched WITH (FORCE)")


def test_the_script_can_be_run_again(owner: Engine, app: Engine) -> None:
    apply_roles(owner.url.render_as_string(hide_password=False))
    assert refusal(app, "DELETE FROM transactions") == "permission denied for table transactions"


def test_who_runs_the_desk_folds_counts_and_who_reads_does_not(app: Engine, reader: Engine) -> None:
    fold_counts(app)
    with pytest.raises(InternalError, match="read-only transaction"):
        fold_counts(reader)
