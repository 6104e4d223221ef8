"""The page Credit exposure as each role sees it: one currency, figures that lead to rows, charts with their tables."""

from decimal import Decimal

import pytest

from data_access.base.permissions import PEOPLE_ROLES, Role
from data_access.models.customers import BalanceControl
from tests.support.builders import a_class, a_customer


@pytest.fixture
def customers(desk_app):
    shared = {"customer_class_id": a_class(desk_app.engine)}
    made = [
        a_customer(desk_app.engine, balance=Decimal(balance), credit_limit=limit and Decimal(limit), **shared)
        for balance, limit in (("120.50", "100"), ("90", "100"), ("-3", "100"), ("7", None))
    ]
    a_customer(desk_app.engine, balance=Decimal("-12.4"), balance_control=BalanceControl.PREPAID, **shared)
    a_customer(desk_app.engine, balance=Decimal(5), currency="USD", **shared)
    return made


def figures(app):
    return {metric.label.partition(" ")[2]: metric.value for metric in app.metric}


def texts(app):
    return [text.value for text in app.text]


@pytest.mark.usefixtures("customers")
@pytest.mark.parametrize("role", PEOPLE_ROLES)
def test_every_role_sees_each_class_with_its_sums(desk_app, role):
    app = desk_app.open("credit_exposure", role)
    assert not app.exception
    assert figures(app) == {
        "Postpaid": "4", "Over the limit": "1", "80 to 100 %": "1", "In credit": "1", "No limit": "1", "Prepaid": "1",
    }  # fmt: skip
    for sentence in (
        "owe 214.50 EUR net of credits",
        "limits of 300.00 EUR",
        "20.50 EUR beyond the limit",
        "12.40 EUR available",
    ):
        assert sentence in texts(app)


@pytest.mark.usefixtures("customers")
def test_another_currency_is_shown_alone(desk_app):
    app = desk_app.open("credit_exposure", Role.ANALYST, currency="usd")
    assert figures(app)["Postpaid"] == "1"
    assert "owes 5.00 USD" in texts(app)
    assert not any("EUR" in text for text in texts(app))


@pytest.mark.usefixtures("customers")
def test_an_unknown_currency_opens_the_first_one_and_says_so(desk_app):
    app = desk_app.open("credit_exposure", Role.ANALYST, currency="XXX")
    assert figures(app)["Postpaid"] == "4"
    assert any("showing EUR" in caption.value for caption in app.caption)


@pytest.mark.usefixtures("customers")
def test_both_charts_say_in_a_sentence_what_they_show(desk_app):
    said = [caption.value for caption in desk_app.open("credit_exposure", Role.MANAGER).caption]
    assert any(text.startswith("3 customers with a credit limit: balance against limit in EUR.") for text in said)
    assert any(text.startswith("5 customers by share of the credit limit in use;") for text in said)


@pytest.mark.usefixtures("customers")
def test_the_tables_of_the_charts_are_one_click_away(desk_app):
    app = desk_app.open("credit_exposure", Role.MANAGER)
    before = len(app.dataframe)
    for toggle in app.toggle:
        toggle.set_value(True)
    app.run()
    points, bars = app.dataframe[0].value, app.dataframe[1].value
    assert (before, len(app.dataframe)) == (1, 3)
    assert list(points["Balance"]) == ["owes 120.50 EUR", "owes 90.00 EUR", "3.00 EUR in credit"]
    assert list(bars["Share in use"]) == ["in credit", "90–100 %", "120–130 %", "no limit", "prepaid"]
    assert list(bars["Customers"]) == ["1"] * 5


@pytest.mark.usefixtures("customers")
def test_the_top_exposures_name_those_who_owe_most(desk_app):
    top = desk_app.open("credit_exposure", Role.MANAGER).dataframe[0].value
    assert list(top["Balance"]) == ["owes 120.50 EUR", "owes 90.00 EUR", "owes 7.00 EUR"]
    assert list(top["Credit limit"]) == ["100.00 EUR", "100.00 EUR", "no limit"]
    assert list(top["Over by"]) == ["20.50 EUR", "", ""]


def test_a_click_on_a_row_opens_the_customer(desk_app, customers):
    app = desk_app.open("credit_exposure", Role.MANAGER)
    app.session_state["top-exposures-Name"] = {"row": 1, "label": "x"}
    app.run()
    assert app.query_params["id"] == str(customers[1])


def test_without_customers_the_page_says_what_will_be_here(desk_app):
    app = desk_app.open("credit_exposure", Role.ANALYST)
    assert not app.exception
    assert "There are no customers yet" in app.info[0].value
