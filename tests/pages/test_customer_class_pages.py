"""The pages of customer classes: terms as timelines, changed by version, and the company's calendar."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from data_access.base.clock import system_clock
from data_access.base.permissions import Role
from data_access.commands.classes.classes import EditClass
from data_access.commands.classes.policies import AddHoliday, SetPolicy
from data_access.commands.customers.self_care import EditSelfCare
from data_access.models.collection import Section
from data_access.queries.classes.policies import Classes, ClassPolicies, Holidays
from data_access.store.access import new_command_id
from tests.support.builders import a_class, a_customer
from tests.support.forms import field, fill, labels, press, said
from tests.support.people import access_for

LOOKERS = [Role.ANALYST, Role.MANAGER, Role.ADMIN]
FULL: dict[str, Any] = {
    "name": "Homes", "currency": "EUR", "net_days": 14, "reminders": [7], "resends": [0], "late_fee": Decimal("4.50"),
    "limit_after": 5, "suspend_after": 10, "suspend_notices": [3], "terminate_after": 30,
    "reactivation_window_days": 20,
}  # fmt: skip


def table(app: AppTest, column: str) -> Any:
    return next(one.value for one in app.dataframe if column in one.value.columns)


def opened(desk_app: Any, class_id: int, role: Role = Role.ADMIN, **address: str) -> AppTest:
    app: AppTest = desk_app.open("customer_class", role, id=str(class_id), **address)
    assert not app.exception
    return app


def suspends_after(engine: Engine, class_id: int) -> int | None:
    terms = access_for(engine, Role.ADMIN).fetch(ClassPolicies(class_id))
    return terms.current[Section.REGULAR].policy.suspend_after


def meanwhile(engine: Engine, class_id: int, **terms: str) -> None:
    order = SetPolicy(
        customer_class_id=class_id, section=Section.REGULAR, number=1, typed=terms, command_id=new_command_id()
    )
    access_for(engine, Role.ADMIN).execute(order)


@pytest.mark.parametrize("role", LOOKERS)
def test_the_list_says_the_terms_of_each_class_in_short(desk_app: Any, role: Role) -> None:
    a_customer(desk_app.engine, customer_class_id=a_class(desk_app.engine, **FULL))
    row = table(desk_app.open("customer_classes", role), "Class name").iloc[0]
    assert list(row) == [
        "Homes", "Residential", "EUR", "1", "14 days", "5 days past due", "10 days past due", "30 days past due",
        "20 days",
    ]  # fmt: skip


def test_a_class_opens_by_its_name_and_its_customers_by_their_number(desk_app: Any) -> None:
    of_class = a_class(desk_app.engine, name="Homes")
    app = desk_app.open("customer_classes", Role.MANAGER)
    app.session_state["classes-Class name"] = {"row": 0, "label": "Homes"}
    assert app.run().query_params["id"] == str(of_class)
    app = desk_app.open("customer_classes", Role.MANAGER)
    app.session_state["classes-Customers"] = {"row": 0, "label": "0"}
    assert app.run().query_params["customer_class"] == "Homes"


def test_without_a_class_the_list_says_so(desk_app: Any) -> None:
    assert "There is no customer class yet." in said(desk_app.open("customer_classes", Role.ADMIN))


@pytest.mark.parametrize("page", ["customer_classes", "customer_class"])
def test_support_is_told_who_can_look(desk_app: Any, page: str) -> None:
    told = said(desk_app.open(page, Role.SUPPORT, id="1"))
    assert "An analyst, a manager or an admin can." in told


@pytest.mark.parametrize("role", LOOKERS)
def test_the_terms_stand_as_a_timeline_in_words(desk_app: Any, role: Role) -> None:
    steps = table(opened(desk_app, a_class(desk_app.engine, **FULL), role), "When")
    assert steps.iloc[:, :2].to_numpy().tolist() == [
        ["Issue", "Issued, due 14 days later."],
        ["7 days before due", "Reminder that it falls due."],
        ["Due date", "Last day to pay; sent again."],
        ["1 day past due", "Overdue, with a late fee of 4.50 EUR."],
        ["5 days past due", "Some services stop."],
        ["7 days past due", "Notice of the suspension in 3 days."],
        ["10 days past due", "All services stop."],
        ["30 days past due", "Can still be reactivated."],
        ["50 days past due", "The time for reactivation is over."],
    ]
    assert [chips[0] for chips in steps["Status"] if len(chips)] == [
        "◐ Service limited", "❚❚ Suspended", "◔ Provisionally terminated", "✕ Permanently terminated"
    ]  # fmt: skip


def test_a_class_that_never_suspends_says_so_by_leaving_it_out(desk_app: Any) -> None:
    steps = table(opened(desk_app, a_class(desk_app.engine)), "When")
    assert list(steps["When"]) == ["Issue", "Due date", "1 day past due"]


@pytest.mark.parametrize("role", [Role.ANALYST, Role.MANAGER])
def test_those_who_only_look_are_offered_no_change_and_told_who_can(desk_app: Any, role: Role) -> None:
    app = opened(desk_app, a_class(desk_app.engine), role, change="regular")
    assert "an admin can change it" in said(app)
    assert labels(app) == []


def test_an_address_that_names_no_class_is_answered(desk_app: Any) -> None:
    app = desk_app.open("customer_class", Role.ADMIN, id="404")
    assert app.title[0].value == "No such customer class"


def test_terms_are_changed_and_the_new_version_says_what_changed(desk_app: Any) -> None:
    of_class = a_class(desk_app.engine, **FULL)
    app = fill(opened(desk_app, of_class, change="regular"), **{"Suspend, days past due": "12"})
    press(app, "Save the terms")
    assert suspends_after(desk_app.engine, of_class) == 12
    assert "apply to invoices issued from now on" in said(app)
    assert labels(app) == []
    newest = table(app, "What changed").iloc[0]
    assert list(newest[["Terms for", "Version", "What changed", "From", "To"]]) == [
        "Regular invoices", "2", "Suspend, days past due", "10", "12"
    ]  # fmt: skip


def test_the_timeline_follows_what_is_typed(desk_app: Any) -> None:
    app = opened(desk_app, a_class(desk_app.engine, **FULL), change="regular")
    fill(app, **{"Suspend, days past due": "21"})
    assert "21 days past due" in list(table(app, "When")["When"])
    fill(app, **{"Suspend, days past due": "soon"})
    assert "1 of the fields can be read" in said(app)


def test_every_complaint_stands_at_its_field_and_nothing_typed_is_lost(desk_app: Any) -> None:
    of_class = a_class(desk_app.engine, **FULL)
    app = opened(desk_app, of_class, change="regular")
    fill(app, **{"Suspend, days past due": "3", "Terminate, days past due": "2"})
    press(app, "Save the terms")
    told = said(app)
    assert "Not before the service is limited, 5 days past due." in told
    assert "Not before the steps that come first, 5 days past due." in told
    assert field(app, "Suspend, days past due").value == "3"
    assert suspends_after(desk_app.engine, of_class) == 10


def test_two_people_choose_field_by_field(desk_app: Any) -> None:
    of_class = a_class(desk_app.engine, **FULL)
    app = fill(opened(desk_app, of_class, change="regular"), **{"Suspend, days past due": "12"})
    meanwhile(desk_app.engine, of_class, suspend_after="14")
    press(app, "Save the terms")
    assert app.radio[0].options == [r"Theirs\: 14", r"Yours\: 12"]
    assert suspends_after(desk_app.engine, of_class) == 14


def test_a_change_of_another_field_meanwhile_is_kept(desk_app: Any) -> None:
    of_class = a_class(desk_app.engine, **FULL)
    app = fill(opened(desk_app, of_class, change="regular"), **{"Suspend, days past due": "12"})
    meanwhile(desk_app.engine, of_class, hour="8")
    press(app, "Save the terms")
    assert "What you typed is kept" in said(app)
    press(app, "Save the terms")
    current = access_for(desk_app.engine, Role.ADMIN).fetch(ClassPolicies(of_class)).current[Section.REGULAR]
    assert (current.policy.suspend_after, current.policy.hour) == (12, 8)


def test_parameters_are_changed_and_read_in_words(desk_app: Any) -> None:
    app = opened(desk_app, a_class(desk_app.engine), change="class")
    fill(app, **{"Rounding method": "to_five", "Months until personal data is erased": "12"})
    press(app, "Save the class")
    invoices, cycle = table(app, "Invoices"), table(app, "Life cycle")
    assert (
        dict(zip(invoices["Invoices"], invoices["Value"], strict=True))["Rounding method"]
        == "To the nearest 5 of the last decimal"
    )
    told = dict(zip(cycle["Life cycle"], cycle["Value"], strict=True))
    assert told["Months until personal data is erased"] == "12"
    assert told["Months until details are archived"] == "never"


def test_a_class_changed_meanwhile_keeps_what_was_typed(desk_app: Any) -> None:
    of_class = a_class(desk_app.engine)
    app = fill(opened(desk_app, of_class, change="class"), **{"Name on invoices": "Fern"})
    order = EditClass(
        customer_class_id=of_class, version=1, changes={"rounding_decimals": "1"}, command_id=new_command_id()
    )
    access_for(desk_app.engine, Role.ADMIN).execute(order)
    press(app, "Save the class")
    told = access_for(desk_app.engine, Role.ADMIN).fetch(ClassPolicies(of_class)).typed
    assert (told["issuer_name"], told["rounding_decimals"]) == ("Fern", "1")


def test_a_holiday_is_added_and_removed(desk_app: Any) -> None:
    day = system_clock().date() + timedelta(days=30)
    app = desk_app.open("customer_classes", Role.ADMIN)
    assert "No holidays are ahead." in said(app)
    press(fill(app, Day=day, Holiday="Founders' *Day*"), "Add the holiday")
    assert list(table(app, "Holiday")["Holiday"]) == ["Founders' *Day*"]
    app.session_state["holidays-Remove"] = {"row": 0, "label": "Remove"}
    app.run()
    assert access_for(desk_app.engine, Role.ADMIN).fetch(Holidays(day)) == ()
    assert "is a working day again" in said(app)


def test_a_holiday_needs_its_day_and_its_name(desk_app: Any) -> None:
    app = press(desk_app.open("customer_classes", Role.ADMIN), "Add the holiday")
    assert "Choose the day." in said(app)
    press(fill(app, Day=system_clock().date()), "Add the holiday")
    assert "Name the holiday" in said(app)


def test_those_who_look_see_the_calendar_only(desk_app: Any) -> None:
    day = system_clock().date() + timedelta(days=30)
    order = AddHoliday(day=day, name="Founders' Day", command_id=new_command_id())
    access_for(desk_app.engine, Role.ADMIN).execute(order)
    app = desk_app.open("customer_classes", Role.ANALYST)
    assert list(table(app, "Holiday").columns) == ["Day", "Weekday", "In", "Holiday"]
    assert labels(app) == ["Find"]


def test_a_class_is_added_found_and_deleted(desk_app: Any) -> None:
    a_class(desk_app.engine, name="Homes", is_default=True)
    app = desk_app.open("customer_classes", Role.ADMIN)
    press(fill(app, **{"Class name": "homes", "Business model": "Yachts"}), "Add the class")
    assert "already" in said(app)
    press(fill(app, **{"Class name": "Boats"}), "Add the class")
    assert "Boats is added." in said(app)
    fill(app, Find="yach")
    assert list(table(app, "Class name")["Class name"]) == ["Boats"]
    boats = next(row.class_id for row in access_for(desk_app.engine, Role.ADMIN).fetch(Classes("Boats")))
    app = opened(desk_app, boats)
    press(app, "Delete the class")
    assert app.title[0].value == "The class is deleted"
    assert "Boats is deleted." in said(app)


def test_a_class_that_stays_says_why(desk_app: Any) -> None:
    default, used = a_class(desk_app.engine, is_default=True), a_class(desk_app.engine)
    a_customer(desk_app.engine, customer_class_id=used)
    assert "default class: it cannot be deleted" in said(opened(desk_app, default))
    button = next(one for one in opened(desk_app, used).button if one.label == "Delete the class")
    assert (button.disabled, button.help) == (True, "In use by 1 customer: give them another class first.")


def test_a_change_says_first_how_many_customers_follow(desk_app: Any) -> None:
    of_class = a_class(desk_app.engine)
    first, _ = (a_customer(desk_app.engine, customer_class_id=of_class) for _ in range(2))
    order = EditSelfCare(
        customer_id=first, version=0, shown={}, changes={"language": "fr"}, command_id=new_command_id()
    )
    access_for(desk_app.engine, Role.ADMIN).execute(order)
    app = fill(opened(desk_app, of_class, change="class"), Language="de")
    assert "2 customers of this class follow a change at once." in said(app)
    assert "Language: followed by 1 customer; with an own one: 1." in said(app)
