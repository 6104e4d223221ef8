"""The page Collections: queues, the rule of the order, sums by currency, the way to the customer and to the lift."""

from datetime import timedelta

import pytest

from data_access.base.clock import system_clock
from data_access.base.permissions import PEOPLE_ROLES, Role
from tests.support.builders import a_customer, a_suspended_customer, an_invoice


@pytest.fixture
def cases(desk_app):
    """A lifted, a suspended and an overdue customer; their ids."""
    now = system_clock()
    lift = {"suspension_lifted_until": now + timedelta(days=2), "first_lifted_on": now.date()}
    lifted = a_suspended_customer(desk_app.engine, customer_code="L-1", **lift)
    suspended = a_suspended_customer(desk_app.engine, customer_code="S-1", first_name="*Nadia*", last_name="$5")
    overdue = a_customer(desk_app.engine, customer_code="O-1", currency="USD")
    an_invoice(desk_app.engine, overdue)
    return lifted, suspended, overdue


def codes(app):
    return [code.strip("\u200b") for code in app.dataframe[0].value["Customer ID"]]


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_every_role_sees_the_queues_in_the_order_of_the_rule(desk_app, role):
    app = desk_app.open("collections", role)
    assert not app.exception
    assert codes(app) == ["L-1", "S-1", "O-1"]
    assert any(caption.value.startswith("Lifts that end soonest first") for caption in app.caption)


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize(
    ("role", "lifts"), [(Role.SUPPORT, ["Lift…", "Lift…", ""]), (Role.MANAGER, ["Lift…", "Lift…", ""])]
)
def test_those_who_may_can_lift_from_here(desk_app, role, lifts):
    assert list(desk_app.open("collections", role).dataframe[0].value["Lift"]) == lifts


@pytest.mark.usefixtures("cases")
def test_an_analyst_is_offered_no_lift_and_no_names(desk_app):
    table = desk_app.open("collections", Role.ANALYST).dataframe[0].value
    assert "Lift" not in table.columns
    assert "*Nadia* $5" not in set(table["Name"])


@pytest.mark.usefixtures("cases")
def test_one_queue_is_shown_alone(desk_app):
    assert codes(desk_app.open("collections", Role.MANAGER, queue="suspended")) == ["S-1"]


@pytest.mark.usefixtures("cases")
def test_a_currency_is_shown_alone(desk_app):
    assert codes(desk_app.open("collections", Role.MANAGER, currency="USD")) == ["O-1"]


@pytest.mark.usefixtures("cases")
def test_a_row_says_what_is_overdue_since_when_and_what_comes_next(desk_app):
    row = desk_app.open("collections", Role.MANAGER).dataframe[0].value.iloc[0]
    assert (row["Overdue"], row["Oldest due"]) == ("100.00 EUR", "15 Feb 2026")
    assert row["Next step"].endswith(": suspended again")


@pytest.mark.usefixtures("cases")
def test_sums_stand_by_currency(desk_app):
    sums = desk_app.open("collections", Role.MANAGER).dataframe[1].value
    assert sums.to_dict("records") == [
        {"Currency": "EUR", "Lifted": "1 customer, 100.00 EUR", "Suspended": "1 customer, 100.00 EUR", "Overdue": ""},
        {"Currency": "USD", "Lifted": "", "Suspended": "", "Overdue": "1 customer, 100.00 USD"},
    ]


def test_a_click_opens_the_customer(desk_app, cases):
    app = desk_app.open("collections", Role.MANAGER)
    app.session_state["cases-Name"] = {"row": 1, "label": "x"}
    app.run()
    assert app.query_params["id"] == str(cases[1])


def test_a_click_on_lift_opens_the_dialog_with_the_lift_chosen(desk_app, cases):
    app = desk_app.open("collections", Role.MANAGER)
    app.session_state["cases-Lift"] = {"row": 1, "label": "Lift…"}
    app.run()
    assert app.query_params["id"] == str(cases[1])
    assert not app.exception
    assert [radio.value for radio in app.radio if radio.label == "What should happen?"] == ["lift_suspension"]


def test_a_click_on_promise_opens_the_dialog_that_records_one(desk_app, cases):
    app = desk_app.open("collections", Role.SUPPORT)
    app.session_state["cases-Promise"] = {"row": 2, "label": "Record…"}
    app.run()
    assert app.query_params["id"] == str(cases[2])
    assert "Record the promise" in [button.label for button in app.button]


def test_a_limited_customer_is_lifted_from_here(desk_app):
    customer = a_customer(desk_app.engine, customer_code="LTD", service_limited=True)
    an_invoice(desk_app.engine, customer)
    app = desk_app.open("collections", Role.SUPPORT)
    assert list(app.dataframe[0].value["Lift"]) == ["Lift…"]
    app.session_state["cases-Lift"] = {"row": 0, "label": "Lift…"}
    app.run()
    assert [radio.value for radio in app.radio if radio.label == "What should happen?"] == ["lift_limitation"]


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize(
    "damaged", [{"queue": "x"}, {"currency": "x"}, {"after": "x"}, {"before": "9~~"}, {"page": "x"}]
)
def test_a_damaged_address_opens_the_beginning(desk_app, damaged):
    app = desk_app.open("collections", Role.MANAGER, **damaged)
    assert not app.exception
    assert codes(app) == ["L-1", "S-1", "O-1"]


def test_with_nobody_to_collect_from_the_page_says_so(desk_app):
    app = desk_app.open("collections", Role.SUPPORT)
    assert not app.exception
    assert "Nobody is overdue or suspended" in app.info[0].value


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize(
    ("address", "sums"),
    [
        ({}, ["200.00 EUR overdue", "100.00 USD overdue"]),
        ({"currency": "USD"}, ["100.00 USD overdue"]),
    ],
)
def test_the_footer_sums_each_currency_over_the_filter(desk_app, address, sums):
    app = desk_app.open("collections", Role.MANAGER, **address)
    assert [text.value.split(", ")[1] for text in app.text if " owed, " in text.value] == sums
