"""The desk in a notebook: the rows of the screen by the rights of a person, typed, and told to the audit."""

from decimal import Decimal
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from data_access import desk
from data_access.base.engine import make_engine, read_only
from data_access.base.errors import NotPermitted, Rejected
from data_access.base.permissions import Permission, Role
from data_access.base.settings import settings
from data_access.commands.customers.exports import ExportCustomers
from data_access.desk import Desk
from data_access.domain.shown_status import Shown
from data_access.queries.audit.audit import FindCommands
from data_access.queries.lists.counts import CountCustomers
from data_access.queries.pagination.by_key import Sort
from data_access.search.filters import LISTED, CustomerFilter
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_customer
from tests.support.people import NOW, a_person, access_for


def desk_for(engine: Engine, role: Role = Role.ANALYST) -> Desk:
    access = access_for(engine, role)
    return Desk(access, access)


def customers(engine: Engine) -> None:
    for number, balance in enumerate(("5", "70.00001", "-8")):
        a_customer(
            engine, customer_code=f"C-{number}", balance=Decimal(balance), blocked=number == 1,
            currency="EUR" if number else "JPY", company_name="Ann Berg",
        )  # fmt: skip


def test_a_filter_and_its_address_are_the_same_typed_frame(engine: Engine) -> None:
    customers(engine)
    mine = desk_for(engine)
    chosen = mine.customers(CustomerFilter(currency=frozenset({"EUR"})))
    frame = chosen.to_frame(has_next=True)
    assert list(frame["customer_id"]) == ["C-1", "C-2"]
    assert frame["balance"].sum() == Decimal("62.00001")
    told = {name: str(kind) for name, kind in frame.dtypes.items()}
    assert told["balance"] == told["credit_limit"] == told["overdue_amount"] == "decimal128(24, 5)[pyarrow]"
    assert (told["created_at"], told["days_overdue"], told["next_step_on"]) == (
        "datetime64[us, UTC]", "Int64", "date32[day][pyarrow]",
    )  # fmt: skip
    assert not [name for name, kind in told.items() if kind in ("object", "float64", "Float64")]
    assert frame["status"].dtype == pd.CategoricalDtype([status.value for status in Shown], ordered=True)
    at = mine.customers("https://desk.example.org/customers?currency=EUR&sort=balance")
    assert (at.filter, at.sort, at.count()) == (chosen.filter, Sort.BALANCE, 2)
    assert list(at.to_frame()["customer_id"]) == ["C-1", "C-2"]
    assert mine.customers("advanced_search?where=currency.is.EUR").count() == 2


def test_many_customers_come_in_frames_of_one_kind(engine: Engine) -> None:
    customers(engine)
    parts = list(desk_for(engine).customers().parts(rows=2))
    assert [list(part["customer_id"]) for part in parts] == [["C-0", "C-1"], ["C-2"]]
    assert parts[0]["status"].dtype == parts[1]["status"].dtype


def test_what_is_read_stands_in_the_audit_as_many_as_the_screen_counts(engine: Engine, tmp_path: Path) -> None:
    customers(engine)
    mine = desk_for(engine)
    chosen = mine.customers(CustomerFilter(currency=frozenset({"EUR"})))
    for name in ("a.csv", "a.xlsx", "a.parquet"):
        assert chosen.export(tmp_path / name) == mine.fetch(CountCustomers(chosen.filter)) == 2
    assert pq.read_table(tmp_path / "a.parquet")["name"].to_pylist() == ["A••••• B•••••"] * 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.parquet", "a.xlsx"]
    told = [entry.gist for entry in mine.fetch(FindCommands()).rows if entry.login == mine.me.login]
    assert told == [
        f"2 customers, in EUR, not permanently terminated, as {kind}" for kind in ("Parquet", "XLSX", "CSV")
    ]
    with pytest.raises(Rejected, match=r"let its name end in \.csv, \.xlsx, \.parquet"):
        chosen.export(tmp_path / "a.json")


def test_rights_hold_as_on_the_screen(engine: Engine) -> None:
    mine = desk_for(engine)
    rights = mine.rights().set_index("right")
    assert rights.loc[Permission.AUDIT_READ.label, "mine"]
    assert not rights.loc[Permission.PERSONAL_READ.label, "mine"]
    assert mine.now() == NOW
    with pytest.raises(NotPermitted, match="see personal data"):
        mine.customers("customers?q=berg")
    with pytest.raises(Rejected, match="“colour” is no filter"):
        mine.customers("customers?colour=red")
    with pytest.raises(Rejected, match="no list of customers"):
        mine.customers("collections?queue=overdue")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_that_is_opened_for_reading_is_read_and_never_written(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    customers(engine)
    login = a_person(engine, Role.ANALYST).login
    reads = make_engine(read_only(database_url))
    order = ExportCustomers(command_id=new_command_id(), filter=LISTED, format="CSV")
    with pytest.raises(OperationalError, match="readonly database"):
        Access(reads, access_for(engine, Role.MANAGER).actor, lambda: NOW).execute(order)
    reads.dispose()
    for name, value in (
        ("DATABASE_URL", database_url), ("NOTEBOOK_DATABASE_URL", read_only(database_url)), ("DESK_LOGIN", login),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    mine = desk.open_desk()
    assert len(mine.customers().to_frame()) == 3
    newest = mine.fetch(FindCommands()).rows[0]
    assert (newest.login, newest.gist) == (login, "3 customers, not permanently terminated, as frame")
    assert mine.access.engine.url != mine.noting.engine.url
    mine.access.engine.dispose()
    mine.noting.engine.dispose()
    settings.cache_clear()
