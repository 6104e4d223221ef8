"""The page Import: a file is uploaded, its columns are told, tried and brought in, and only what was tried."""

from dashboard.imports.import_page import Way
from data_access.base.permissions import Permission, Role
from data_access.queries.audit.audit import FindCommands
from data_access.queries.finder.find import FindQuick
from tests.support.builders import a_class, a_customer
from tests.support.desk_app import DeskApp
from tests.support.forms import button, field, press, said
from tests.support.people import access_for

FILE = "Nummer;Company name;Currency;Saldo\nK-1;Ähre GmbH;EUR;-12,5\nK-2;Beta;EUR;\n"


def test_columns_are_chosen_tried_and_brought_in(desk_app: DeskApp) -> None:
    a_class(desk_app.engine, name="Business")
    app = desk_app.open("import_file", Role.ADMIN)
    field(app, "Its columns are told by").set_value(Way.HERE).run()
    app = app.file_uploader[0].set_value(("k.csv", FILE.encode("cp1252"), "text/csv")).run()
    assert "Still missing: Customer ID, Customer class, Balance control." in said(app)
    field(app, "Field of Nummer").set_value("customer_code").run()
    assert field(app, "Field of Company name").value == "company_name"
    field(app, "Field of Saldo").set_value("balance").run()
    field(app, "Amounts are written").set_value(",").run()
    field(app, "Other fields that are").set_value(["limit_choice"]).run()
    for label, text in (
        ("Balance control", "postpaid"),
        ("Customer class", "business"),
        ("Kind of credit limit", "unlimited"),
    ):
        field(app, label).set_value(text).run()
    assert button(app, "Import the rows").disabled
    press(app, "Try the file")
    assert "2 rows: 1 added, 0 changed, 0 unchanged, 1 refused; 1 new customer. Nothing was written yet." in said(app)
    [refused] = app.dataframe[0].value.to_numpy().tolist()
    assert refused[1:4] == ["Refused", "K-2", "Balance"]
    access = access_for(desk_app.engine, Role.ADMIN)
    assert not access.fetch(FindQuick("K-1")).hits
    field(app, "A blank cell means").set_value("clear").run()
    assert button(app, "Import the rows").disabled  # it would do something else than what was tried
    press(app, "Try the file")
    press(app, "Import the rows")
    assert "2 rows: 2 added, 0 changed, 0 unchanged, 0 refused; 2 new customers." in said(app)
    assert len(access.fetch(FindQuick("K-")).hits) == 2
    assert access.fetch(FindCommands()).rows[0].what == "Import customers"
    press(app, "Try the file")
    assert "2 rows: 0 added, 0 changed, 2 unchanged, 0 refused" in said(app)


def test_rows_by_their_headings_and_a_file_that_does_not_fit(desk_app: DeskApp) -> None:
    a_customer(desk_app.engine, customer_code="C-1")
    app = desk_app.open("import_file", Role.ADMIN)
    field(app, "The file holds").set_value("notes").run()
    wrong = app.file_uploader[0].set_value(("n.csv", b"Customer ID,Colour\nC-1,red\n", "text/csv")).run()
    press(wrong, "Try the file")
    assert "the column “Colour” is none of" in said(wrong)
    assert button(wrong, "Import the rows").disabled


def test_only_who_imports_is_offered_what_they_may_bring_in(desk_app: DeskApp) -> None:
    assert "right" in said(desk_app.open("import_file", Role.SUPPORT))
    app = desk_app.open("import_file", Role.ADMIN)
    assert field(app, "The file holds").options[:2] == ["Customers", "Customer classes"]
    assert not access_for(desk_app.engine, Role.MANAGER).actor.may(Permission.IMPORT_RUN)
