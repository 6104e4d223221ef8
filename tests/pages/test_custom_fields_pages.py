"""Custom fields on the screen: defined, filled in for a customer, asked of a new one, searched by."""

from data_access.base.permissions import Role
from data_access.models.card.custom_fields import CustomField, CustomFieldOfClass, CustomKind, CustomValue
from data_access.search.custom_search import searched_as
from tests.data_access.test_custom_fields import define
from tests.support.builders import a_class, a_customer
from tests.support.forms import field, fill, labels, press, said
from tests.support.tables import only, rows
from tests.support.tabs import cells, open_tab

TAB = "Custom fields"


def test_a_field_is_defined_and_enabled_for_a_class(desk_app):
    of_class = a_class(desk_app.engine, name="Business")
    app = desk_app.open("custom_fields", Role.ADMIN)
    app = press(fill(app, **{"Custom field": "Size", "Type": "list"}), "Add the custom field")
    assert "Give the choices, a line each." in said(app)
    app = press(fill(app, Choices="small\nbig"), "Add the custom field")
    definition = only(desk_app.engine, CustomField)
    assert (definition.kind, definition.choices) == (CustomKind.LIST, "small\nbig")
    app = desk_app.open("custom_fields", Role.ADMIN, change=str(definition.id))
    field(app, "Enabled for customer classes").set_value([str(of_class)])
    press(app.run(), "Save the classes")
    assert only(desk_app.engine, CustomFieldOfClass).customer_class_id == of_class


def test_the_tab_is_there_where_the_class_has_a_field(desk_app):
    of_class = a_class(desk_app.engine)
    define(desk_app.engine, "Size", of_class, kind="number", mandatory="yes")
    customer, other = a_customer(desk_app.engine, customer_class_id=of_class), a_customer(desk_app.engine)
    assert TAB not in [tab.label for tab in open_tab(desk_app, other, "Overview").tabs]
    app = press(open_tab(desk_app, customer, TAB), "Edit custom fields")
    app = press(app, "Save")
    assert "Give Size." in said(app)
    app = press(fill(app, Size="much"), "Save")
    assert "Look at: Size." in said(app)
    app = press(fill(app, Size="12.5"), "Save")
    assert "12.5" in cells(app)
    assert "Size" in cells(open_tab(desk_app, customer, "Audit"))


def test_a_new_customer_is_asked_for_the_fields_of_its_class(desk_app):
    of_class = a_class(desk_app.engine, name="Business")
    define(desk_app.engine, "Size", of_class, mandatory="yes", start="big")
    app = desk_app.open("new_customer", Role.ADMIN)
    assert "Size" not in labels(app)
    app = fill(app, **{"Customer ID": "N-1", "Customer class": str(of_class), "Currency": "EUR"})
    assert field(app, "Size").value == "big"
    app = press(fill(app, Size=""), "Save and add another")
    assert "Give Size." in said(app)
    assert rows(desk_app.engine, CustomValue) == []
    press(fill(app, Size="small", **{"Limit in EUR": "100"}), "Save and add another")
    assert only(desk_app.engine, CustomValue).value == "small"


def test_a_custom_field_is_a_condition_of_advanced_search(desk_app):
    of_class = a_class(desk_app.engine)
    asked = searched_as(define(desk_app.engine, "Size", of_class), CustomKind.TEXT, personal=False)
    app = desk_app.open("advanced_search", Role.ANALYST, where=f"{asked}.is.big")
    assert "Size is “big”" in said(app) or "Size is big" in said(app)
