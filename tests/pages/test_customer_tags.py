"""Tags on a customer's page: under the name, and in a dialog that takes nothing away which it never showed."""

from data_access.base.permissions import Role
from data_access.commands.customers.tags import AddTag, TagCustomer
from data_access.queries.customers.customer import CustomerHead
from data_access.store.access import new_command_id
from tests.support.builders import a_customer
from tests.support.desk_app import DeskApp
from tests.support.forms import field, press, said
from tests.support.people import access_for


def test_tags_are_given_and_what_a_colleague_gives_meanwhile_stays(desk_app: DeskApp) -> None:
    admin, customer = access_for(desk_app.engine, Role.ADMIN), a_customer(desk_app.engine)
    app = press(desk_app.open("customer", Role.SUPPORT, id=str(customer)), "Tags")
    assert "There are no tags yet: administrators add them under Catalogue, Tags." in said(app)
    vip, pilot, moving = (
        admin.execute(AddTag(values={"name": name}, command_id=new_command_id())).record_id
        for name in ("VIP", "Pilot", "Moving *house*")
    )
    app = press(desk_app.open("customer", Role.SUPPORT, id=str(customer)), "Tags")
    assert app.session_state["head-more"] is False  # what was clicked stands in the menu, which would cover the dialog
    field(app, "Tags").set_value([str(vip), str(moving)]).run()
    admin.execute(TagCustomer(customer_id=customer, add=(pilot,), command_id=new_command_id()))
    press(app, "Save")
    assert list(admin.fetch(CustomerHead(customer)).tags.values()) == ["Moving *house*", "Pilot", "VIP"]
    assert "Moving *house*, Pilot, VIP." in said(app)
    app = press(desk_app.open("customer", Role.SUPPORT, id=str(customer)), "Tags")
    field(app, "Tags").set_value([str(pilot)]).run()
    press(app, "Save")
    assert admin.fetch(CustomerHead(customer)).tags == {pilot: "Pilot"}
