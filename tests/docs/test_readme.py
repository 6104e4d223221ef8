"""What the README tells people to set and to type is correct."""

import re
import shlex
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from data_access.base.permissions import Role
from data_access.base.settings import Settings
from data_access.cli.calls import REFUSED
from data_access.cli.main import main
from data_access.domain.passwords import DEMO_SIGN_INS
from data_access.models.customers import Customer
from tests.support.people import a_person

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
DATA_ACCESS = ".venv/bin/python -m data_access "


def section(title: str) -> str:
    return README.partition(f"## {title}\n")[2].partition("\n## ")[0]


def orders(text: str, verb: str) -> list[list[str]]:
    """The arguments of each command line of ours in a text, by its verb."""
    lines = re.findall(rf"^    {re.escape(DATA_ACCESS)}({verb} .*)$", text, re.MULTILINE)
    return [shlex.split(line) for line in lines]


def test_the_settings_told_are_the_settings_there_are() -> None:
    first_cells = re.findall(r"^\| (`[A-Z].*?) \|", section("Configure"), re.MULTILINE)
    told = {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)}
    assert told == {name.upper() for name in Settings.model_fields}


def test_the_demo_sign_ins_told_are_the_ones_that_work() -> None:
    told = re.findall(r"^\| `(\w+)` \| `([\w-]+)` \|", section("Run"), re.MULTILINE)
    assert told == [(demo.login, demo.password) for demo in DEMO_SIGN_INS]


def test_the_import_told_leads_to_the_customer_told(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.chdir(ROOT)
    a_person(engine, Role.ADMIN, login="admin")
    typed = orders(section("Import your customers"), "import")
    assert [main(order) for order in typed] == [REFUSED] * 3  # one row of each file is refused, on purpose
    code = re.findall(r"type `(EX-\d+)`", README)
    asked = select(Customer.company_name).where(Customer.customer_code == code[0])
    with engine.connect() as connection:
        assert connection.execute(asked).scalar_one() in section("Import your customers")


def test_the_first_administrator_told_can_be_made(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    typed = orders(section("Configure"), "people")
    assert [main(order) for order in typed] == [0]


def test_a_command_line_is_read_from_a_text() -> None:
    text = f"    {DATA_ACCESS}import customers 'a b.csv' --as me\n    make run\n"
    assert orders(text, "import") == [["import", "customers", "a b.csv", "--as", "me"]]
