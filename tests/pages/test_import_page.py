"""The page Import: a file is uploaded, its columns are told, tried and brought in, and only what was tried."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboard.imports.reading_choice import Way
from data_access.base.clock import system_clock
from data_access.base.permissions import Permission, Role
from data_access.base.schedule import Job
from data_access.imports.kept.carrying import EVERY_WORK
from data_access.imports.kinds import KINDS
from data_access.jobs.runner import run_job
from data_access.queries.audit.audit import FindCommands
from data_access.queries.finder.find import FindQuick
from data_access.store.job_leases import Holder
from tests.support.builders import a_class, a_customer
from tests.support.desk_app import DeskApp
from tests.support.forms import button, field, press, said
from tests.support.people import a_person, access_for

FILE = "Nummer;Company name;Currency;Saldo\nK-1;Ähre GmbH;EUR;-12,5\nK-2;Beta;EUR;\n"


def worked(desk: DeskApp, app: AppTest) -> AppTest:
    """The page after the worker had its turn."""
    run_job(desk.engine, Job.IMPORT_FILES, system_clock, Holder("worker"), works=EVERY_WORK)
    return app.run()


def upload(app: AppTest, name: str, content: bytes) -> AppTest:
    return app.file_uploader[0].set_value((name, content, "text/csv")).run()


def the_next_step(app: AppTest) -> list[str]:
    """What stands out, at the end of the page."""
    ways = [one for one in app.main if getattr(one, "key", None)][-3:]
    assert [one.key for one in ways] == ["import-try", "import-go", "import-discard"]
    return [one.label for one in ways if one.proto.type == "primary"]


def test_an_export_of_our_own_is_taken_for_one(desk_app: DeskApp) -> None:
    columns = KINDS["customers"].mapping(KINDS["customers"].exported, Path("customers.csv")).columns()
    app = upload(desk_app.open("import_file", Role.ADMIN), "all.csv", (",".join(sorted(columns)) + "\n").encode())
    assert field(app, "Its columns are told by").value == Way.EXPORTED


def test_columns_are_chosen_tried_and_brought_in(desk_app: DeskApp) -> None:
    a_class(desk_app.engine, name="Business")
    app = upload(desk_app.open("import_file", Role.ADMIN), "k.csv", FILE.encode("cp1252"))
    assert field(app, "Its columns are told by").value == Way.HERE
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
    assert the_next_step(app) == ["Try the file"]
    press(app, "Try the file")
    assert app.button(key="import-cancel")
    app = worked(desk_app, app)
    assert "2 rows: 1 added, 0 changed, 0 unchanged, 1 refused; 1 new customer. Nothing was written yet." in said(app)
    [refused] = app.dataframe[0].value.to_numpy().tolist()
    assert refused[1:4] == ["Refused", "K-2", "Balance"]
    access = access_for(desk_app.engine, Role.ADMIN)
    assert not access.fetch(FindQuick("K-1")).hits
    assert the_next_step(app) == ["Import the rows"]
    field(app, "A blank cell means").set_value("clear").run()
    assert button(app, "Import the rows").disabled  # it would do something else than what was tried
    assert the_next_step(app) == ["Try the file"]
    press(app, "Try the file")
    app = worked(desk_app, app)
    press(app, "Import the rows")
    app = worked(desk_app, app)
    assert "2 rows: 2 added, 0 changed, 0 unchanged, 0 refused; 2 new customers." in said(app)
    assert len(access.fetch(FindQuick("K-")).hits) == 2
    assert "Import customers" in {row.what for row in access.fetch(FindCommands()).rows}
    assert "The file holds" not in [one.label for one in app.selectbox]  # the file was let go


def test_a_file_that_does_not_fit_is_told_after_its_trial_and_discarded_from_another_tab(desk_app: DeskApp) -> None:
    a_customer(desk_app.engine, customer_code="C-1")
    admin = a_person(desk_app.engine, Role.ADMIN)
    app = desk_app.sign_in_as(admin)
    app.switch_page("../pages/import_file.py")
    app = upload(app.run(), "n.csv", b"Customer ID,Colour\nC-1,red\n")
    field(app, "The file holds").set_value("notes").run()
    press(app, "Try the file")
    app = worked(desk_app, app)
    assert "the column “Colour” is none of" in said(app)
    assert button(app, "Import the rows").disabled
    other = desk_app.sign_in_as(admin)
    other.switch_page("../pages/import_file.py")
    assert list(other.run().dataframe[0].value["File"]) == ["n.csv"]
    other.query_params["id"] = app.query_params["id"]
    press(other.run(), "Discard")
    press(app, "Try the file")
    assert "Already done" in said(app)
    assert "Discarded" in said(app)


def test_only_who_imports_is_offered_what_they_may_bring_in_and_nobody_elses_file(desk_app: DeskApp) -> None:
    assert "right" in said(desk_app.open("import_file", Role.SUPPORT))
    app = upload(desk_app.open("import_file", Role.ADMIN), "n.csv", b"Customer ID\nC-1\n")
    assert field(app, "The file holds").options[:2] == ["Customers", "Customer classes"]
    assert not access_for(desk_app.engine, Role.MANAGER).actor.may(Permission.IMPORT_RUN)
    of_another = desk_app.open("import_file", Role.ADMIN, id=str(app.query_params["id"][0]))
    assert "leads to no import that you can see: it may be incomplete, or it is another person" in said(of_another)
