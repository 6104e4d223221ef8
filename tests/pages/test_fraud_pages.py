"""Fraud protection on the page of a customer, and the profiles that administrators keep."""

from decimal import Decimal

from data_access.base.permissions import Role
from data_access.models.card.fraud import FraudProfile, FraudProtection
from data_access.models.customers import Customer
from tests.data_access.test_fraud import a_profile
from tests.support.builders import a_class, a_customer
from tests.support.forms import fill, press, said
from tests.support.tables import only
from tests.support.tabs import cells, open_tab

TAB = "Fraud protection"


def test_the_plan_of_a_day_is_set_raised_reset_and_undone(desk_app):
    engine = desk_app.engine
    customer = a_customer(engine, customer_code="C-1", customer_class_id=a_class(engine, currency="EUR"))
    app = open_tab(desk_app, customer, TAB)
    assert "Nothing limits what is spent on a day." in said(app)
    assert next(one for one in app.button if one.label == "Raise for today").disabled
    app = press(fill(press(app, "Own daily limit"), **{"Daily limit in EUR": "40"}, Reason="fraud"), "Set the limit")
    assert "0.00 EUR of 40.00 EUR used today, at full price; the warning is at 32.00 EUR." in said(app)
    app = press(
        fill(press(app, "Raise for today"), **{"Limit for today in EUR": "30"}, Reason="calls home"),
        "Raise it for today",
    )
    assert "give a higher one for today" in said(app)
    app = press(fill(app, **{"Limit for today in EUR": "50"}), "Raise it for today")
    assert "C-1 may spend 50.00 EUR today." in said(app)
    assert "it is 40.00 EUR again" in said(app)
    app = press(fill(press(app, "Undo the raise"), Reason="back"), "Undo it")
    assert "of 40.00 EUR used today" in said(app)
    app = press(fill(press(app, "Reset usage"), Reason="agreed"), "Reset it")
    assert "what was before does not count" in said(app)
    app = press(fill(press(app, "Undo the reset"), Reason="back"), "Undo it")
    assert "what was before does not count" not in said(app)
    press(fill(press(app, "Own daily limit"), **{"Daily limit in EUR": ""}, Reason="calm"), "Set the limit")
    assert only(engine, Customer).daily_spending_limit is None


def test_where_services_are_used_is_edited(desk_app):
    engine = desk_app.engine
    profile = a_profile(engine)
    customer = a_customer(
        engine, customer_class_id=a_class(engine, currency="EUR", fraud_profile_id=profile, name="Retail")
    )
    app = press(open_tab(desk_app, customer, TAB), "Edit fraud protection")
    fill(app, **{"Default country": "DE", "Allowed mobility": "stationary"})
    app = press(app, "Save")
    assert (only(engine, FraudProtection).default_country, only(engine, FraudProtection).profile_id) == ("DE", None)
    assert "As class: Careful" in cells(app)
    assert "of 10.00 EUR used today" in said(app)


def test_a_class_without_a_currency_says_why_nothing_protects(desk_app):
    app = open_tab(desk_app, a_customer(desk_app.engine), TAB)
    assert "The class of the customer has no currency, so fraud protection is off" in said(app)


def test_a_profile_is_added_and_is_kept_while_it_is_used(desk_app):
    app = desk_app.open("fraud_profiles", Role.ADMIN)
    fill(app, **{"Fraud profile": "Careful", "Currency": "EUR", "Daily spending limit": "20"})
    app = press(app, "Add the fraud profile")
    profile = only(desk_app.engine, FraudProfile)
    assert (profile.daily_limit, profile.warning_percent) == (Decimal(20), 80)
    a_class(desk_app.engine, currency="EUR", fraud_profile_id=profile.id)
    assert "1 customer class" in cells(desk_app.open("fraud_profiles", Role.ADMIN))
