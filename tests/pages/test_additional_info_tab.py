"""The tab Additional info, and the pages of those whom it names."""

from data_access.base.permissions import Role
from data_access.commands.records.agents import AddRepresentative
from data_access.models.classes.customer_classes import SendStatistics
from data_access.queries.audit.customer_audit import CustomerAudit
from data_access.store.access import new_command_id
from tests.support.builders import a_class, a_customer
from tests.support.desk_app import DeskApp
from tests.support.forms import field, fill, labels, press, said
from tests.support.people import access_for


def test_it_is_filled_in_refused_saved_and_in_the_audit(desk_app: DeskApp) -> None:
    engine, admin = desk_app.engine, access_for(desk_app.engine, Role.ADMIN)
    mia = admin.execute(AddRepresentative(values={"name": "Mia Berg"}, command_id=new_command_id())).record_id
    of_class = a_class(engine, name="Homes", send_statistics=SendStatistics.SHORT)
    customer_id = a_customer(engine, customer_class_id=of_class)
    app = desk_app.open("customer", Role.SUPPORT, id=str(customer_id), tab="Additional info")
    assert sorted(
        row[0] for row in app.dataframe[0].value.to_numpy().tolist() if row[1] not in ("No", "Not an office")
    ) == ["Creation date", "Send statistics"]
    press(app, "Edit additional info")
    assert field(app, "Send statistics").options == ["As class: Short", "Full", "Short", "None"]
    assert "Main office" not in labels(app)
    fill(app, Reference_number="CRM-1", Representative=str(mia), Send_statistics="none", Office_type="branch")
    field(app, "Subscription discount rate (%)").set_value("101").run()
    press(app, "Save")
    assert "This cannot be above 100." in said(app)
    assert "Choose the main office of the branch." in said(app)
    field(app, "Subscription discount rate (%)").set_value("12.5").run()
    press(fill(app, Office_type="none"), "Save")
    assert "Additional info is saved." in said(app)
    told = {row.field: row.after for row in admin.fetch(CustomerAudit(customer_id)).rows}
    assert (told["Representative"], told["Send statistics"]) == ("Mia Berg", "None")
    assert told["Subscription discount rate (%)"] == "12.5"


def test_administrators_keep_representatives_distributors_resellers_and_tags(desk_app: DeskApp) -> None:
    for page, label in (("representatives", "Representative"), ("distributors", "Distributor"),
                        ("resellers", "Reseller name"), ("tags", "Tag")):  # fmt: skip
        app = desk_app.open(page, Role.ADMIN)
        field(app, label).set_value("North").run()
        press(app, f"Add the {page.removesuffix('s')}")
        assert "North is added." in said(app)
        assert app.dataframe[0].value.to_numpy().tolist()[0][0] == "North"
