"""Custom fields on the screen: defined, filled in for a customer, asked of a new one, searched by."""

from dashboard.kit import cache
from data_access.base.permissions import Role
from data_access.models.card.custom_fields import CustomField, CustomFieldOfClass, CustomKind, CustomValue
from data_access.search.custom_search import searched_as
from tests.data_access.test_custom_fields import define
from tests.data_access.test_custom_fields import fill as fill_in
from tests.pages.test_statements import MOST
from tests.support.builders import a_class, a_customer
from tests.support.forms import field, fill, labels, press, said
from tests.support.statements import counted
from tests.support.tables import only, rows
from tests.support.tabs import cells, open_tab

TAB = "Custom fields"


def test_a_field_is_defined_and_enabled_for_a_class(desk_app):
    of_class = a_class(desk_app.engine, name="Business")
    app = desk_app.open("custom_fields", Role.ADMIN)
    app = press(fill(app, **{"Custom field": "Size", "Type": "list"}), "Add the custom field")
    assert "Give the choices, one per line." in said(app)
    app = press(fill(app, Choices="small\nbig"), "Add the custom field")
    definition = only(desk_app.engine, CustomField)
    assert (definition.kind, definition.choices) == (CustomKind.LIST, "small\nbig")
    app = desk_app.open("custom_fields", Role.ADMIN, change=str(definition.id))
    field(app, "Enabled for customer classes").set_value([str(of_class)])
    press(app.run(), "Save the classes")
    assert "1 customer class" in cells(desk_app.open("custom_fields", Role.ADMIN))
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


def test_the_reader_of_a_list_chooses_its_columns(desk_app):
    of_class = a_class(desk_app.engine, name="Gold")
    number = define(desk_app.engine, "Size", of_class, kind="number")
    nick = define(desk_app.engine, "Status", of_class, personal="yes")
    for code in ("C-1", "C-2"):
        customer = a_customer(desk_app.engine, customer_class_id=of_class, customer_code=code)
        fill_in(desk_app.engine, customer, **{f"custom_{number}": "1200", f"custom_{nick}": "Dory"})
    app = desk_app.open("customers", Role.ANALYST, columns=["class", f"custom_{number}", f"custom_{nick}"])
    shown = app.dataframe[0].value
    assert list(shown) == ["Customer ID", "Name", "Customer class", "Size"]  # a personal one is not offered to analysts
    assert "There is no column" in said(app)
    assert list(shown["Size"]) == ["1,200", "1,200"]
    app = desk_app.open("advanced_search", Role.SUPPORT, columns=[f"custom_{nick}"])
    assert list(app.dataframe[0].value["Status (custom)"]) == ["Dory", "Dory"]
    app.session_state["columns-choice"] = True
    app = app.run()
    field(app, "Columns").set_value(["balance", f"custom_{number}"])
    assert list(app.run().dataframe[0].value) == ["Customer ID", "Name", "Balance", "Size"]
    assert list(press(app, "Usual columns").dataframe[0].value)[2:4] == ["Status", "Balance"]


def test_chosen_columns_of_custom_fields_take_two_statements_for_all_rows(desk_app):
    of_class = a_class(desk_app.engine)
    fields = [define(desk_app.engine, name, of_class) for name in ("Size", "Colour")]
    for _ in range(20):
        customer = a_customer(desk_app.engine, customer_class_id=of_class)
        fill_in(desk_app.engine, customer, **{f"custom_{fields[0]}": "big"})
    asked = []
    for columns in (["class"], [f"custom_{one}" for one in fields]):
        app = desk_app.open("customers", Role.ADMIN, columns=columns)
        cache.forget()
        with counted(desk_app.engine) as statements:
            app.run()
        asked.append(len(statements))
    assert asked[1] - asked[0] == 2
    assert asked[1] <= MOST


def test_the_choices_of_a_list_are_offered_in_advanced_search(desk_app):
    of_class = a_class(desk_app.engine)
    asked = searched_as(define(desk_app.engine, "Size", of_class, kind="list"), CustomKind.LIST, personal=False)
    app = desk_app.open("advanced_search", Role.ANALYST, where=f"{asked}.is_one_of.a")
    assert field(app, "Value of condition 1").options == ["a", "b"]
    assert field(app, "Operation of condition 1").options == [
        "is",
        "is one of",
        "is empty",
        "is not",
        "is none of",
        "is not empty",
    ]
