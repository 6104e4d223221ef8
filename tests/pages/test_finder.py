"""The finder, from any page, and the files that the Export button gives."""

import io
from collections.abc import Iterator
from functools import partial
from typing import IO

import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, func, select
from streamlit.testing.v1 import AppTest

from dashboard.lists.exports.export_button import exported
from data_access.base.choices.export_choices import ExportContent
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.models.history import CommandLog
from data_access.queries.lists.everything import EverythingFitsXlsx
from data_access.queries.lists.exports import ExportFits
from data_access.search.filters import CustomerFilter
from tests.support.builders import a_customer, a_reseller, an_invoice
from tests.support.desk_app import DeskApp, desk_app_on
from tests.support.forms import said
from tests.support.people import access_for


@pytest.fixture
def desk(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[DeskApp]:
    with desk_app_on(sqlite_url, monkeypatch) as app:
        a_customer(app.engine, customer_code="C-1", company_name="Aurora *One*")
        a_customer(app.engine, customer_code="C-2", company_name="Aurora Two", blocked=True)
        a_customer(
            app.engine, customer_code="C-3", company_name="Boreal", bill_status=BillStatus.PERMANENTLY_TERMINATED
        )
        yield app


def search(desk: DeskApp, text: str, role: Role = Role.SUPPORT) -> AppTest:
    app = desk.sign_in(role).run()
    app.button(key="finder").click().run()
    return app.text_input(key="finder-text").set_value(text).run()


def with_export_open(app: AppTest) -> AppTest:
    app.session_state["export"] = True
    return app.run()


def hits(app: AppTest) -> list[str]:
    return [button.label for button in app.button if str(button.key).startswith("finder-")]


def test_several_hits_are_offered_with_their_statuses_and_names_as_text(desk: DeskApp) -> None:
    found = hits(search(desk, "aurora"))
    assert found == [r"Aurora \*One\* · C\-1 · Active", r"Aurora Two · C\-2 · Blocked"]


def test_the_only_hit_is_opened(desk: DeskApp) -> None:
    app = search(desk, "c-1")
    assert app.query_params["id"] == "1"
    assert hits(app) == []


def test_no_hit_is_said_with_what_was_searched(desk: DeskApp) -> None:
    said = search(desk, "nobody").info[0].value
    assert said == (
        "No customer matches by Customer ID, name, contact, e-mail, phone, address, account, invoice, reference, "
        "tax ID, login or DID. An invoice is found by its whole number."
    )
    by_number = search(desk, "no", Role.ANALYST).info[0].value
    assert "by Customer ID, account, invoice, reference or DID at its beginning alone" in by_number


def test_whoever_sees_one_reseller_is_told_that_there_may_be_others(desk: DeskApp) -> None:
    app = desk.sign_in(reseller_id=a_reseller(desk.engine)).run()
    app.button(key="finder").click().run()
    app.text_input(key="finder-text").set_value("aurora").run()
    said = "You see one reseller's customers only: somebody who sees all may find more."
    assert app.info[0].value.endswith(said)
    app.switch_page("../pages/customers.py")
    app.query_params["q"] = "aurora"
    assert any(info.value.endswith(said.replace("'", "\\'")) or said in info.value for info in app.run().info)


def test_a_hit_says_what_matched_and_one_that_is_spelt_otherwise_is_not_opened(desk: DeskApp) -> None:
    a_customer(desk.engine, customer_code="C-5", company_name="Cirrus", email="hi@aurora.example")
    assert any(hit.startswith(r"Cirrus · C\-5 · Active · by e\-mail hi") for hit in hits(search(desk, "aurora")))
    app = search(desk, "cirrsu")
    assert hits(app) == [r"Cirrus · C\-5 · Active"]
    assert app.info[0].value == "Nobody is spelt like this. These are spelt nearly like it."


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ANALYST])
def test_the_permanently_terminated_are_counted_and_shown_by_advanced_search_alone(desk: DeskApp, role: Role) -> None:
    app = search(desk, "c-3", role)
    assert hits(app) == ["1 permanently terminated: show in Advanced search"]
    app.button(key="finder-closed").click().run()
    assert [title.value for title in app.title] == ["Advanced search"]
    assert app.dataframe[0].value["Customer ID"].tolist() == ["C-3"]


def test_a_hit_is_not_opened_while_there_are_permanently_terminated_ones_beside_it(desk: DeskApp) -> None:
    a_customer(desk.engine, customer_code="C-4", company_name="Boreal North")
    found = hits(search(desk, "boreal"))
    assert found == [r"Boreal North · C\-4 · Active", "1 permanently terminated: show in Advanced search"]


def test_an_analyst_finds_nobody_by_name(desk: DeskApp) -> None:
    assert hits(search(desk, "aurora", Role.ANALYST)) == []


def whole(file: IO[bytes]) -> bytes:
    with file:
        file.seek(0)
        return file.read()


def test_the_file_holds_the_customers(engine: Engine) -> None:
    a_customer(engine, customer_code="C-1")
    access = access_for(engine)
    assert b"C-1" in whole(exported(access, "CSV", CustomerFilter(), ExportContent.LIST))
    assert whole(exported(access, "XLSX", CustomerFilter(), ExportContent.LIST)).startswith(b"PK")
    columns = pq.read_table(io.BytesIO(whole(exported(access, "Parquet", CustomerFilter(), ExportContent.LIST))))
    assert columns["customer_id"].to_pylist() == ["C-1"]


def test_an_export_takes_a_click_more_and_is_noted_when_its_file_is_made(desk: DeskApp) -> None:
    a_customer(desk.engine)
    app = with_export_open(desk.open("customers"))
    assert [button.proto.label for button in app.get("download_button")] == ["CSV", "XLSX", "Parquet"]
    count = select(func.count()).where(CommandLog.__table__.c.name == "ExportCustomers")
    with desk.engine.connect() as connection:
        assert connection.scalar(count) == 0
    assert whole(exported(access_for(desk.engine), "CSV", CustomerFilter(), ExportContent.NEXT))
    with desk.engine.connect() as connection:
        assert connection.scalar(count) == 1


def test_everything_can_be_exported_by_who_may_export_personal_data(desk: DeskApp) -> None:
    a_customer(desk.engine)
    labels = [box.label for box in with_export_open(desk.open("customers", Role.MANAGER)).main.checkbox]
    assert "Every field, to be imported elsewhere" in labels
    offered = [box.label for box in with_export_open(desk.open("customers", Role.SUPPORT)).main.checkbox]
    assert offered == ["With what happens next"]
    file = whole(exported(access_for(desk.engine, Role.MANAGER), "CSV", CustomerFilter(), ExportContent.EVERYTHING))
    assert b"Days to pay of the class" in file
    with desk.engine.connect() as connection:
        log = CommandLog.__table__
        [told] = connection.execute(select(log.c.result).where(log.c.name == "ExportCustomers")).scalars()
    assert told["format"] == "CSV, everything"


def test_a_refused_export_is_a_sentence_on_the_page(desk: DeskApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.lists.exports.export_button.ExportFits", partial(ExportFits, most=0))
    a_customer(desk.engine)
    app = with_export_open(desk.open("customers"))
    assert "Nothing was exported" in said(app)
    assert not app.get("download_button")


def test_a_spreadsheet_that_cannot_hold_everything_is_refused_before_its_click(
    desk: DeskApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.lists.exports.export_button.EverythingFitsXlsx", partial(EverythingFitsXlsx, most=1))
    an_invoice(desk.engine, a_customer(desk.engine))
    app = with_export_open(desk.open("customers", Role.MANAGER))
    assert len(app.get("download_button")) == 3
    app.main.checkbox[0].check().run()
    assert "Export as CSV" in said(app)
    assert len(app.get("download_button")) == 1


def test_before_anything_is_typed_stand_the_customers_that_were_opened_last(desk: DeskApp) -> None:
    app = desk.open("customer", Role.SUPPORT, id="2")
    app.session_state["customers-opened"] = (1, 99, 3)
    app = app.run()
    assert app.session_state["customers-opened"] == (2, 1, 99, 3)
    app.button(key="finder").click().run()
    assert "Opened last" in said(app)
    assert hits(app) == [
        r"Aurora Two · C\-2 · Blocked",
        r"Aurora \*One\* · C\-1 · Active",
    ]
