"""The page Audit log: who may read it, what a row says, and where a click leads."""

from datetime import date

import pytest

from dashboard.kit.feedback import escape
from data_access.base.permissions import Role
from tests.support.builders import a_class, a_customer

READERS = (Role.ANALYST, Role.MANAGER, Role.ADMIN)


@pytest.fixture
def customer_id(desk_app):
    plan = a_class(desk_app.engine)
    return a_customer(desk_app.engine, customer_class_id=plan, customer_code="C-77", first_name="Nadia")


@pytest.mark.usefixtures("customer_id")
@pytest.mark.parametrize("role", READERS)
def test_the_log_tells_what_was_done(desk_app, role):
    app = desk_app.open("audit_log", role)
    assert not app.exception
    done = app.dataframe[0].value
    assert set(done["What"]) == {"Arrange"}
    assert "New customer" in set(done["Changed"])
    assert set(done["Reason"]) == {"the test starts from here"}  # the system's own: nobody is named in it


@pytest.mark.usefixtures("customer_id")
def test_support_is_told_who_can(desk_app):
    app = desk_app.open("audit_log", Role.SUPPORT)
    assert not app.dataframe
    assert "see the audit log" in app.error[0].value


@pytest.mark.usefixtures("customer_id")
def test_changed_fields_are_told_one_by_one(desk_app):
    fields = desk_app.open("audit_log", Role.MANAGER, view="fields", field="Customer.*").dataframe[0].value
    assert list(fields["Customer"]) == ["C-77"]
    assert "First name: Nadia" in fields["New"].iloc[0]


@pytest.mark.usefixtures("customer_id")
def test_personal_values_are_hidden_from_an_analyst(desk_app):
    fields = desk_app.open("audit_log", Role.ANALYST, view="fields").dataframe[0].value
    assert "Nadia" not in " ".join(fields["New"])


@pytest.mark.usefixtures("customer_id")
def test_a_filter_in_the_address_is_said_and_holds(desk_app):
    app = desk_app.open("audit_log", Role.MANAGER, customer="c-77")
    assert any("about customer c-77" in text.value for text in app.main.text)
    assert len(app.dataframe[0].value) == 1


@pytest.mark.usefixtures("customer_id")
@pytest.mark.usefixtures("customer_id")
@pytest.mark.parametrize(
    ("day", "weekday"), [("2026-11-29", "Sunday"), ("1900-01-01", "Monday"), ("2200-12-31", "Wednesday")]
)
def test_the_weekday_of_a_chosen_day_stands_beside_it(desk_app, day, weekday):
    app = desk_app.open("audit_log", Role.ADMIN, since=day)
    assert [box.label for box in app.date_input] == [f"From · {weekday}", "To"]
    assert not app.exception
    app.date_input[1].set_value(date(2026, 12, 1)).run()
    assert [box.label for box in app.date_input] == [f"From · {weekday}", "To · Tuesday"]


def test_a_filter_that_finds_nothing_says_what_to_do(desk_app):
    app = desk_app.open("audit_log", Role.MANAGER, who="nobody")
    assert app.info[0].value.startswith("Nothing in the log matches.")


@pytest.mark.usefixtures("customer_id")
def test_a_click_on_the_entry_opens_its_fields(desk_app):
    app = desk_app.open("audit_log", Role.MANAGER)
    app.session_state["done-Entry"] = {"row": 0, "label": "x"}
    app.run()
    assert app.query_params["view"] == "fields"
    assert app.query_params["number"]


def test_a_click_on_the_customer_opens_it(desk_app, customer_id):
    app = desk_app.open("audit_log", Role.MANAGER, view="fields", field="Customer.*")
    app.session_state["changed-Customer"] = {"row": 0, "label": "C-77"}
    app.run()
    assert app.query_params["id"] == str(customer_id)


@pytest.mark.usefixtures("customer_id")
@pytest.mark.parametrize(
    "damaged", [{"at": "x"}, {"since": "32/02"}, {"number": "x"}, {"view": "x"}, {"field": "Person.secret"}]
)
def test_a_damaged_address_opens_the_log(desk_app, damaged):
    app = desk_app.open("audit_log", Role.MANAGER, **damaged)
    assert not app.exception
    assert len(app.dataframe[0].value)


@pytest.mark.usefixtures("customer_id")
@pytest.mark.parametrize("view", ["done", "fields"])
def test_an_id_that_merely_looks_alike_is_refused_with_both_spellings(desk_app, view):
    app = desk_app.open("audit_log", Role.MANAGER, customer="C-７７", view=view)
    assert not app.exception
    assert escape("“C-７７” is not the Customer ID “C-77”") in app.error[0].value
