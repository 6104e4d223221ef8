"""The command line: who may, what is said, and the exit code."""

from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text, update

from data_access.base.engine import Door
from data_access.base.errors import Refusal
from data_access.base.permissions import Role
from data_access.base.settings import settings
from data_access.cli.main import _parser, main
from data_access.domain.passwords import DEMO_SIGN_INS
from data_access.models.customers import Customer
from data_access.models.history import Change, CommandLog, PersonalValue
from data_access.models.people import Person
from data_access.store.sign_ins import actor_for_token, identify, open_session
from tests.data_access.test_imports import MAPPINGS
from tests.support.builders import a_class, a_customer, an_account
from tests.support.by_hand import behind
from tests.support.people import NOW, a_person
from tests.support.tariffs import a_tariff

MAPPING = """
[fields]
customer_code = { column = "ID" }
customer_class = { constant = "Homes" }
balance_control = { constant = "postpaid" }
currency = { constant = "EUR" }
credit_limit = { column = "Limit" }
last_name = { column = "Name" }
[new_class]
name = "Homes"
net_days = 14
"""
Said = tuple[int, str, str]


@pytest.fixture
def desk(database_url, monkeypatch, capsys, tmp_path) -> Iterator[Callable[..., Said]]:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("APP_ENV", "production")
    monkeypatch.setenv("AUDIT_ANCHOR", str(tmp_path / "elsewhere" / "anchor"))
    settings.cache_clear()

    def run(*words: object) -> Said:
        code = main([str(word) for word in words], lambda: NOW)
        said = capsys.readouterr()
        return code, said.out.strip(), said.err.strip()

    yield run
    settings.cache_clear()


def first_admin(desk: Callable[..., Said]) -> str:
    _, said, _ = desk("people", "add", "ann", "--name", "Ann", "--first")
    return said.rpartition(" ")[2]


def files(folder: Path, rows: str) -> tuple[Path, Path]:
    table, mapping = folder / "customers.csv", folder / "mapping.toml"
    table.write_text(f"ID,Name,Limit\n{rows}")
    mapping.write_text(MAPPING)
    return table, mapping


def alter(engine: Engine, *statements: object) -> None:
    """Behind the back of the product: as someone would who holds the database."""
    with engine.connect().execution_options(door=Door(is_open=True)) as connection:
        for table in ("change", "command_log"):
            for verb in ("update", "delete"):
                suffix = f" ON {table}" if engine.dialect.name == "postgresql" else ""
                connection.execute(text(f"DROP TRIGGER {table}_no_{verb}{suffix}"))
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_the_first_administrator_is_made_once_and_can_sign_in(desk, engine):
    password = first_admin(desk)
    assert identify(engine, "ann", password, ip="127.0.0.1", now=NOW, demo=False).actor.role == Role.ADMIN
    assert desk("people", "add", "bob", "--name", "Bob", "--first") == (
        1, "", "There are already people: an admin adds more, with --as LOGIN.",
    )  # fmt: skip


def test_an_administrator_adds_lists_and_disables_people(desk):
    first_admin(desk)
    desk("people", "add", "bob", "--name", "Bob", "--role", "manager", "--as", "ann")
    assert desk("people", "list", "--as", "ann")[1] == "ann: Ann, admin\nbob: Bob, manager"
    desk("people", "disable", "bob", "--as", "ann")
    assert desk("people", "list", "--as", "ann")[1] == "ann: Ann, admin\nbob: Bob, manager, disabled"


def test_a_new_password_replaces_the_old_one_and_signs_out(desk, engine):
    first_admin(desk)
    old = desk("people", "add", "bob", "--name", "Bob", "--as", "ann")[1].rpartition(" ")[2]
    bob = identify(engine, "bob", old, ip="127.0.0.1", now=NOW, demo=False).actor
    token = open_session(engine, bob.person_id or 0, NOW)
    new = desk("people", "reset", "bob", "--as", "ann")[1].rpartition(" ")[2]
    assert identify(engine, "bob", new, ip="127.0.0.1", now=NOW, demo=False).actor == bob
    assert actor_for_token(engine, token, NOW) is None
    with pytest.raises(Refusal):
        identify(engine, "bob", old, ip="127.0.0.1", now=NOW, demo=False)


@pytest.mark.parametrize(
    "words",
    [
        ("people", "add", "eve", "--name", "Eve", "--as", "bob"),
        ("people", "reset", "ann", "--as", "bob"),
        ("people", "disable", "ann", "--as", "bob"),
        ("people", "list", "--as", "bob"),
        ("audit", "verify", "--as", "bob"),
        ("seed", "--customers", "1", "--as", "bob"),
    ],
)
def test_a_command_has_the_rights_of_the_person_and_no_more(desk, engine, words):
    a_person(engine, Role.ADMIN, login="ann")
    a_person(engine, login="bob")
    code, _, said = desk(*words)
    assert code == 1
    assert said.startswith("Your role, support, has no right to")


def test_nobody_acts_as_someone_disabled_or_unknown(desk, engine):
    a_person(engine, Role.ADMIN, login="ann")
    a_person(engine, Role.ADMIN, login="bob", is_active=False)
    for login in ("bob", "nobody"):
        assert desk("people", "list", "--as", login)[2] == f"Nobody who can sign in is called “{login}”."


def test_someone_unknown_is_not_found(desk, engine):
    a_person(engine, Role.ADMIN, login="ann")
    assert desk("people", "reset", "eve", "--as", "ann")[2] == "The person “eve” was not found."


def test_a_writing_command_without_a_person_is_a_wrong_call(desk):
    with pytest.raises(SystemExit) as exit_:
        desk("people", "disable", "ann")
    assert exit_.value.code == 2


def test_an_import_says_what_it_did_and_fails_when_rows_were_refused(desk, engine, tmp_path):
    a_person(engine, Role.ADMIN, login="ann")
    table, mapping = files(tmp_path, "K-1,Lindgren,5\nK-2,Berg,-5\n")
    words = ("import", "customers", table, "--mapping", mapping, "--as", "ann", "--report", tmp_path / "report.csv")
    code, said, progress = desk(*words)
    assert (code, progress) == (1, "2 rows")
    assert said.startswith("2 rows: 1 added, 0 changed, 0 unchanged, 1 refused; 1 new customer.\nRefused: line 3, ")
    assert (
        (tmp_path / "report.csv")
        .read_text()
        .startswith("line,Customer ID,kind,field,column,reason\n3,K-2,refused,Permanent credit limit,Limit,")
    )
    with engine.connect() as connection:
        assert connection.scalar(select(func.count(Customer.id))) == 1


_CUT_OFF = """
CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END $$
"""
_CUTS = """
CREATE TRIGGER cuts_off BEFORE INSERT ON customers FOR EACH ROW
WHEN (NEW.customer_code = 'K-1003') EXECUTE FUNCTION cut_off()
"""


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite has no server to lose
def test_an_import_whose_database_goes_away_keeps_whole_batches_and_goes_on(desk, engine, tmp_path):
    a_person(engine, Role.ADMIN, login="ann")
    table, mapping = files(tmp_path, "".join(f"K-{n},Berg,5\n" for n in range(1005)))
    words = ("import", "customers", table, "--mapping", mapping, "--as", "ann")
    alter_schema(engine, _CUT_OFF, _CUTS)
    code, said, why = desk(*words)
    assert (code, said) == (1, "1,000 rows: 1,000 added, 0 changed, 0 unchanged, 0 refused; 1,000 new customers.")
    assert why.splitlines()[1] == (
        "The import was cut off. Whole batches are kept; run the same command again to continue."
    )
    assert "cannot be used: " in why.splitlines()[2]
    alter_schema(engine, "DROP TRIGGER cuts_off ON customers", "DROP FUNCTION cut_off")
    code, said, _ = desk(*words)
    assert (code, said) == (0, "1,005 rows: 5 added, 0 changed, 1,000 unchanged, 0 refused; 5 new customers.")


def alter_schema(engine: Engine, *statements: str) -> None:
    with engine.connect().execution_options(door=Door(is_open=True)) as connection:
        for statement in statements:
            connection.execute(text(statement))
        connection.commit()


def test_rows_of_customers_leave_and_come_by_their_headings(desk, engine, tmp_path):
    a_person(engine, Role.ADMIN, login="ann")
    an_account(engine, a_customer(engine, customer_code="K-1"), account_code="A-1")
    path = tmp_path / "accounts.csv"
    assert desk("export", "accounts", path, "--as", "ann") == (0, "1 row was written to accounts.csv.", "")
    assert path.read_text("utf-8-sig").startswith("Customer ID,Account ID,Kind of account,")
    code, said, _ = desk("import", "accounts", path, "--as", "ann")
    assert (code, said) == (0, "1 row: 0 added, 0 changed, 1 unchanged, 0 refused; 0 new customers.")
    assert "leave --profile out" in desk("export", "accounts", path, "--profile", "list", "--as", "ann")[2]
    with engine.connect() as connection:
        log = CommandLog.__table__
        [told] = connection.execute(select(log.c.result).where(log.c.name == "ExportCustomers")).scalars()
    assert told["format"] == "CSV, accounts"


def test_a_file_of_rates_needs_no_mapping(desk, engine, tmp_path):
    a_tariff(engine, {}, name="Standard")
    a_person(engine, Role.ADMIN, login="ann")
    file = tmp_path / "rates.csv"
    file.write_text("Tariff,Prefix,Destination,Price a minute\nStandard,49,Germany,0.02\nStandard,x,Nowhere,1\n")
    words = ("import", "rates", file, "--as", "ann", "--reject", tmp_path / "bad.csv")
    code, said, _ = desk(*words, "--dry-run")
    assert code == 1
    assert "1 added, 0 changed, 0 unchanged, 1 refused" in said
    assert "Refused: line 3, Prefix: Write the prefix in digits alone" in said
    code, said, _ = desk(*words)
    assert "1 added" in said
    assert 'Standard,x,Nowhere,1,"Prefix: Write' in (tmp_path / "bad.csv").read_text().splitlines()[1]
    code, _, refused = desk("import", "charges", file, "--as", "ann")
    assert code != 0
    assert "Give --mapping FILE.toml" in refused


def test_what_is_written_beside_an_import_is_looked_at_before_it_begins(desk, engine, tmp_path):
    a_person(engine, Role.ADMIN, login="ann")
    table, mapping = files(tmp_path, "K-1,Lindgren,5\n")
    (tmp_path / "folder.csv").mkdir()
    words = ("import", "customers", table, "--mapping", mapping, "--as", "ann")
    for name in ("nowhere/report.csv", "folder.csv", table.name, mapping.name, "report.xlsx"):
        for option in ("--report", "--reject"):
            code, said, why = desk(*words, option, tmp_path / name)
            assert (code, said) == (1, "")
            assert Path(name).name in why
    both = tmp_path / "both.csv"
    assert "both.csv" in desk(*words, "--report", both, "--reject", both)[2]
    assert table.read_text().endswith("K-1,Lindgren,5\n")
    with engine.connect() as connection:
        assert connection.scalar(select(func.count(Customer.id))) == 0


def test_refused_rows_are_sent_again_alone(desk, engine, tmp_path):
    a_person(engine, Role.ADMIN, login="ann")
    table, mapping = files(tmp_path, "K-1,Lindgren,5\nK-2,Berg,-5\n")
    bad = tmp_path / "bad.csv"
    desk("import", "customers", table, "--mapping", mapping, "--as", "ann", "--reject", bad)
    assert bad.read_text("utf-8-sig").splitlines()[1].startswith("K-2,Berg,'-5,\"Permanent credit limit: ")
    bad.write_text(bad.read_text("utf-8-sig").replace("'-5", "5"))
    code, said, _ = desk("import", "customers", bad, "--mapping", mapping, "--as", "ann")
    assert (code, said) == (0, "1 row: 1 added, 0 changed, 0 unchanged, 0 refused; 1 new customer.")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_customers_are_exported_to_a_file_that_is_there_whole_or_not_at_all(desk, engine, tmp_path, kind):
    a_person(engine, Role.ADMIN, login="ann")
    a_person(engine, Role.SUPPORT, login="bob")
    a_customer(engine, customer_code="K-1", phone="+420 602 123 456")
    path = tmp_path / f"all.{kind}"
    words = ("export", "customers", path, "--profile", "everything", "--as")
    assert desk(*words, "ann") == (0, f"1 customer was written to all.{kind}.", "")
    content = path.read_bytes()
    assert content.startswith(b"PK" if kind == "xlsx" else b"\xef\xbb\xbfCustomer ID,")
    code, _, why = desk(*words, "bob")
    assert (code, "export personal data" in why, path.read_bytes()) == (1, True, content)
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    with engine.connect() as connection:
        log = CommandLog.__table__
        told = connection.execute(select(log.c.result).where(log.c.name == "ExportCustomers")).scalars().all()
    assert {(one["customers"], one["format"]) for one in told} == {(1, f"{kind.upper()}, everything")}


def test_every_verb_and_every_argument_says_what_it_is():
    silent = [
        f"{parser.prog}: {action.dest}"
        for parser in parsers_of(_parser())
        for action in parser._actions
        if not action.help and not isinstance(action, _SubParsersAction)
    ]
    unsaid = [
        f"{parser.prog} {name}"
        for parser in parsers_of(_parser())
        for action in parser._actions
        if isinstance(action, _SubParsersAction)
        for name in action.choices.keys() - {choice.dest for choice in action._choices_actions if choice.help}
    ]
    assert (silent, unsaid) == ([], [])


def parsers_of(parser: ArgumentParser) -> Iterator[ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            for below in action.choices.values():
                yield from parsers_of(below)


def test_nothing_to_list_is_said(desk, engine):
    a_person(engine, Role.ADMIN, login="ann")
    assert desk("webhooks", "list", "--as", "ann") == (0, "There are no webhooks.", "")
    assert desk("archive", "--as", "ann") == (0, "Nobody's details are due.", "")


def test_classes_leave_and_come_back_in(desk, engine, tmp_path):
    a_person(engine, Role.ADMIN, login="ann")
    a_person(engine, Role.SUPPORT, login="bob")
    a_class(engine, name="Boats", late_fee=Decimal("4.50"))
    path, mapping = tmp_path / "classes.csv", MAPPINGS / "classes.toml"
    assert desk("export", "classes", path, "--as", "ann") == (0, "1 customer class was written to classes.csv.", "")
    code, says, _ = desk("import", "classes", path, "--mapping", mapping, "--as", "ann")
    assert (code, says) == (0, "1 row: 0 added, 0 changed, 1 unchanged, 0 refused; 0 new customers.")
    assert desk("import", "classes", path, "--mapping", mapping, "--as", "bob")[0] == 1
    wrong = desk("export", "classes", path, "--profile", "list", "--as", "ann")
    assert wrong == (1, "", "Classes are written whole: leave --profile out.")


def test_an_export_that_cannot_be_written_is_told(desk, engine, tmp_path):
    a_person(engine, Role.ADMIN, login="ann")
    assert "let its name end in .csv" in desk("export", "customers", tmp_path / "all.txt", "--as", "ann")[2]
    assert "no such folder" in desk("export", "customers", tmp_path / "no" / "all.csv", "--as", "ann")[2]


def test_the_help_of_an_import_tells_its_exit_codes(capsys):
    with pytest.raises(SystemExit):
        main(["import", "--help"])
    assert "1 something was, though all other rows are written" in " ".join(capsys.readouterr().out.split())


def test_a_dry_run_says_that_nothing_was_written(desk, engine, tmp_path):
    a_person(engine, Role.ADMIN, login="ann")
    table, mapping = files(tmp_path, "K-1,Lindgren,5\n")
    code, said, _ = desk("import", "customers", table, "--mapping", mapping, "--as", "ann", "--dry-run")
    assert (code, said.splitlines()[-1]) == (0, "Nothing was written: this was a dry run.")
    with engine.connect() as connection:
        assert connection.scalar(select(func.count(Customer.id))) == 0


def test_the_demo_gets_its_people_in_the_demo_only(desk, engine, monkeypatch):
    assert desk("seed", "--customers", "2") == (0, "2 demo customers were written.", "")
    with engine.connect() as connection:
        assert connection.scalar(select(func.count(Person.id))) == 0
    monkeypatch.setenv("APP_ENV", "demo")
    desk("seed", "--customers", "2")
    with engine.connect() as connection:
        assert set(connection.scalars(select(Person.login))) == {demo.login for demo in DEMO_SIGN_INS}


def test_where_people_can_sign_in_a_demo_needs_a_name(desk, engine):
    a_person(engine, Role.ADMIN, login="ann")
    assert desk("seed", "--customers", "2")[2].startswith("People can already sign in here")
    assert desk("seed", "--customers", "2", "--as", "ann")[0] == 0


def test_the_audit_holds_over_all_that_was_done(desk, engine, tmp_path):
    a_person(engine, Role.ADMIN, login="ann")
    table, mapping = files(tmp_path, "K-1,Lindgren,5\n")
    desk("import", "customers", table, "--mapping", mapping, "--as", "ann")
    desk("seed", "--customers", "3", "--as", "ann")
    a_customer(engine)
    assert desk("audit", "verify")[0] == 0


@pytest.mark.parametrize(
    "statement",
    [
        update(Change).where(Change.entity == "Customer").values(after="{}"),
        text("DELETE FROM change WHERE entity = 'Customer'"),
        text("UPDATE command_log SET reason = 'another' WHERE number = 2"),
        update(PersonalValue).where(PersonalValue.after.like("%Lindgren%")).values(after="{}"),
    ],
    ids=["altered", "removed", "another reason", "a personal value altered"],
)
def test_what_was_done_by_hand_is_found(desk, engine, tmp_path, statement):
    a_person(engine, Role.ADMIN, login="ann")
    table, mapping = files(tmp_path, "K-1,Lindgren,5\n")
    desk("import", "customers", table, "--mapping", mapping, "--as", "ann")
    alter(engine, statement)
    code, said, _ = desk("audit", "verify")
    assert code == 1
    assert said.startswith("The audit is broken at entry 2")


def test_values_that_no_command_erased_are_found(desk, engine, tmp_path):
    a_person(engine, Role.ADMIN, login="ann")
    table, mapping = files(tmp_path, "K-1,Lindgren,5\n")
    desk("import", "customers", table, "--mapping", mapping, "--as", "ann")
    erased = update(PersonalValue).values(before=None, after=None, salt=None, erased_at=NOW + timedelta(days=1))
    alter(engine, erased)
    told = desk("audit", "verify")
    assert (told[0], "taken out by hand" in told[1]) == (1, True), told


def test_a_cut_tail_is_found_by_the_anchor_of_the_verification_before(desk, engine, tmp_path):
    anchor = tmp_path / "elsewhere" / "anchor"
    a_person(engine, Role.ADMIN, login="ann")
    last = a_customer(engine)
    assert desk("audit", "verify")[0] == 0
    assert anchor.stat().st_mode & 0o777 == 0o600
    kept = anchor.read_text()
    tail = "(SELECT id FROM command_log ORDER BY number DESC LIMIT 1)"
    behind(
        engine, f"DELETE FROM status_events WHERE customer_id = {last}",
        f"DELETE FROM change WHERE command_id = {tail}",
        f"DELETE FROM customers WHERE id = {last}",
        "DELETE FROM command_log WHERE number = (SELECT max(number) FROM command_log)",
    )  # fmt: skip
    code, said, _ = desk("audit", "verify")
    assert (code, "it was cut off" in said) == (1, True)
    assert anchor.read_text() == kept
    anchor.write_text("{")
    code, _, refused = desk("audit", "verify")
    assert (code, "is not an anchor of the audit" in refused) == (1, True)


def test_migrating_makes_an_empty_file_ready(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'new' / 'desk.db'}")
    assert main(["people", "list", "--as", "ann"]) == 1
    assert "run `python -m data_access migrate` first" in capsys.readouterr().err
    assert main(["migrate"]) == 0
    assert main(["people", "add", "ann", "--name", "Ann", "--first"]) == 0


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "DATABASE_URL is not the address"),
        ("postgresql+psycopg://desk@127.0.0.1:1/desk", "cannot be used: connection failed"),
    ],
)
def test_a_database_that_cannot_be_reached_is_told(monkeypatch, capsys, url, sentence):
    monkeypatch.setenv("DATABASE_URL", url)
    assert main(["migrate"]) == 1
    assert sentence in capsys.readouterr().err
