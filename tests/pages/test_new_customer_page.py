"""New customer, filled in as a person does."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from data_access.base.permissions import Role
from data_access.models.card.additional import AdditionalInfo
from data_access.models.card.self_care import SelfCare
from data_access.models.customers import Customer
from data_access.models.money import Invoice
from tests.support.builders import a_class, a_customer, a_reseller
from tests.support.desk_app import DeskApp
from tests.support.forms import field, fill, labels, press, said
from tests.support.people import a_person


def rows(engine: Any, model: Any) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(model.__table__).order_by(model.__table__.c.id)))


def opened(desk_app: DeskApp, actor: Any) -> AppTest:
    app = desk_app.sign_in_as(actor).run()
    return app.switch_page("../pages/new_customer.py").run()


def filled(app: AppTest, class_id: int, **more: Any) -> AppTest:
    given = {"Customer_ID": "C-1", "Customer_class": str(class_id), "Currency": "EUR", "Limit_in_EUR": "100"} | more
    return fill(app, **{label: value for label, value in given.items() if value is not None})


def test_a_customer_is_saved_and_its_page_opened(desk_app):
    class_id = a_class(desk_app.engine)
    app = press(filled(desk_app.open("new_customer", Role.MANAGER), class_id, City="Oslo", Blocked=True), "Save")
    (row,) = rows(desk_app.engine, Customer)
    assert (row.customer_code, row.city, row.credit_limit, row.blocked) == ("C-1", "Oslo", Decimal(100), True)
    assert app.query_params["id"] == str(row.id)
    assert "C-1 is saved" in said(app)


def test_without_a_class_the_page_says_what_is_needed_first(desk_app):
    app = desk_app.open("new_customer", Role.SUPPORT)
    assert "there is none yet. An admin can add one." in said(app)
    assert not app.text_input


def test_all_complaints_come_at_once_and_what_was_typed_stays(desk_app):
    a_customer(desk_app.engine, customer_code="C-1", customer_class_id=(class_id := a_class(desk_app.engine)))
    app = filled(desk_app.open("new_customer", Role.MANAGER), class_id, Email="nobody", Limit_in_EUR="1.5.0")
    press(app, "Save")
    for sentence in ("Customer ID is already used", "is not an e-mail address", "is not an amount"):
        assert sentence in said(app)
    assert field(app, "Email").value == "nobody"
    assert len(rows(desk_app.engine, Customer)) == 1


def test_an_empty_form_says_what_is_required(desk_app):
    a_class(desk_app.engine)
    app = press(desk_app.open("new_customer", Role.MANAGER), "Save")
    for sentence in (
        "Give the Customer ID",
        "Choose the customer class",
        "Choose the currency",
        "Give the credit limit",
    ):
        assert sentence in said(app)


def test_no_limit_is_warned_of_and_saved(desk_app):
    class_id = a_class(desk_app.engine)
    app = desk_app.open("new_customer", Role.MANAGER)
    filled(app, class_id, Limit_in_EUR=None, Permanent_credit_limit="unlimited")
    assert "unlimited credit" in said(app)
    press(app, "Save")
    assert rows(desk_app.engine, Customer)[0].credit_limit is None


def test_an_opening_debt_is_brought_in(desk_app):
    class_id = a_class(desk_app.engine)
    app = filled(desk_app.open("new_customer", Role.MANAGER), class_id, Opening_balance="owes", Amount_in_EUR="30")
    press(app, "Save")
    assert [row.total for row in rows(desk_app.engine, Invoice)] == [Decimal(30)]


def test_a_class_with_a_currency_settles_it_and_a_currency_narrows_the_classes(desk_app):
    dollars = a_class(desk_app.engine, name="Dollars", currency="USD")
    a_class(desk_app.engine, name="Euros", currency="EUR")
    app = fill(desk_app.open("new_customer", Role.MANAGER), Customer_class=str(dollars))
    assert (field(app, "Currency").value, field(app, "Currency").disabled) == ("USD", True)
    fill(app, Customer_class=None)
    fill(app, Currency="EUR")
    assert list(field(app, "Customer class").options) == ["Euros · EUR"]


def test_a_wrong_class_is_corrected_by_the_right_one_without_emptying_the_form(desk_app):
    dollars = a_class(desk_app.engine, name="Dollars", currency="USD")
    euros = a_class(desk_app.engine, name="Euros", currency="EUR")
    a_class(desk_app.engine, name="Any")
    app = fill(desk_app.open("new_customer", Role.MANAGER), Customer_ID="C-1", Customer_class=str(dollars))
    every = ["Any · any currency", "Dollars · USD", "Euros · EUR"]
    assert sorted(field(app, "Customer class").options) == every
    fill(app, Customer_class=str(euros), Limit_in_EUR="100")
    assert (field(app, "Currency").value, field(app, "Customer ID").value) == ("EUR", "C-1")
    assert sorted(field(app, "Customer class").options) == every
    press(app, "Save")
    assert rows(desk_app.engine, Customer)[0].currency == "EUR"


@pytest.mark.parametrize(
    ("country", "zone", "said_of_it"),
    [
        ("DE", "Europe/Berlin", "Proposed for Germany, one of 2 there: check it."),
        ("NZ", "Pacific/Auckland", "Proposed for New Zealand, one of 2 there: check it."),
        ("JP", "Asia/Tokyo", "Proposed for Japan."),
        ("AU", "Australia/Sydney", "Proposed for Australia, one of 12 there: check it."),
        ("BV", "UTC", ""),
    ],
)
def test_the_zone_is_proposed_from_the_country_to_be_seen_and_saved(desk_app, country, zone, said_of_it):
    class_id = a_class(desk_app.engine)
    app = filled(desk_app.open("new_customer", Role.MANAGER), class_id, Country=country)
    assert field(app, "Billing time zone").value == zone
    assert said_of_it in said(app)
    press(app, "Save")
    assert rows(desk_app.engine, Customer)[0].billing_zone == zone


def test_a_zone_that_was_chosen_stays_whatever_the_country(desk_app):
    app = filled(desk_app.open("new_customer", Role.MANAGER), a_class(desk_app.engine))
    fill(app, Country="US", **{"Billing time zone": "Pacific/Honolulu"})
    fill(app, Country="DE")
    assert field(app, "Billing time zone").value == "Pacific/Honolulu"
    fill(app, **{"Billing time zone": "UTC"})
    fill(app, Country="NZ")
    assert field(app, "Billing time zone").value == "UTC"


def test_two_windows_that_type_into_the_same_form_save_what_was_chosen(desk_app):
    manager, class_id = a_person(desk_app.engine, Role.MANAGER), a_class(desk_app.engine)
    first, second = filled(opened(desk_app, manager), class_id, City="Oslo"), opened(desk_app, manager)
    assert "You started this on" in said(second)
    fill(first, City="Rome")
    fill(second, City="Bergen")
    press(second, "Save")
    assert rows(desk_app.engine, Customer) == []
    fill(second, **{"City: which one to keep?": "here"})
    press(second, "Save and add another")
    assert rows(desk_app.engine, Customer)[0].city == "Bergen"
    press(first, "Save")
    assert "Already done, on " in said(first)
    assert "C-1 is saved." in said(first)
    assert len(rows(desk_app.engine, Customer)) == 1


def test_support_is_told_the_limit_and_can_bring_in_no_balance(desk_app):
    class_id = a_class(desk_app.engine, default_credit_limit=Decimal(250))
    app = filled(desk_app.open("new_customer"), class_id, Limit_in_EUR=None)
    assert "250.00 EUR. A manager or an admin can set another" in said(app)
    assert "Opening balance" not in labels(app)
    press(app, "Save")
    assert rows(desk_app.engine, Customer)[0].credit_limit == Decimal(250)


def test_a_prepaid_customer_is_not_asked_for_a_limit(desk_app):
    class_id = a_class(desk_app.engine)
    app = filled(desk_app.open("new_customer", Role.MANAGER), class_id, Limit_in_EUR=None, Balance_control="prepaid")
    assert "Permanent credit limit" not in labels(app)
    press(app, "Save")
    assert rows(desk_app.engine, Customer)[0].balance_control == "prepaid"


def test_another_one_starts_empty(desk_app):
    class_id = a_class(desk_app.engine)
    app = press(filled(desk_app.open("new_customer", Role.MANAGER), class_id), "Save and add another")
    assert "C-1 is saved" in said(app)
    assert field(app, "Customer ID").value == ""
    press(filled(app, class_id, Customer_ID="C-2"), "Save and add another")
    assert [row.customer_code for row in rows(desk_app.engine, Customer)] == ["C-1", "C-2"]


def test_a_copy_starts_with_the_same_values_but_the_id(desk_app):
    class_id = a_class(desk_app.engine)
    app = press(filled(desk_app.open("new_customer", Role.MANAGER), class_id, City="Oslo"), "Save as a copy")
    assert (field(app, "Customer ID").value, field(app, "City").value) == ("", "Oslo")
    press(fill(app, Customer_ID="C-2"), "Save")
    assert [row.city for row in rows(desk_app.engine, Customer)] == ["Oslo", "Oslo"]


def test_what_was_typed_survives_a_reload_and_another_process(desk_app):
    manager, class_id = a_person(desk_app.engine, Role.MANAGER), a_class(desk_app.engine)
    filled(opened(desk_app, manager), class_id, City="Oslo")
    again = opened(desk_app, manager)
    assert (field(again, "Customer ID").value, field(again, "City").value) == ("C-1", "Oslo")
    press(again, "Save")
    assert len(rows(desk_app.engine, Customer)) == 1


def test_two_windows_that_save_the_same_form_add_one_customer(desk_app):
    manager, class_id = a_person(desk_app.engine, Role.MANAGER), a_class(desk_app.engine)
    first = filled(opened(desk_app, manager), class_id)
    second = opened(desk_app, manager)
    press(first, "Save and add another")
    press(second, "Save and add another")
    assert len(rows(desk_app.engine, Customer)) == 1


def test_a_draft_is_of_one_person_alone(desk_app):
    a_class(desk_app.engine)
    fill(desk_app.open("new_customer", Role.MANAGER), Customer_ID="C-1")
    assert field(desk_app.open("new_customer", Role.MANAGER), "Customer ID").value == ""


@pytest.mark.parametrize("text", ["'; DROP TABLE customers; --", "😀", "שלום", "*b* [x](y) $1$ :red[z] <b>"])
def test_any_text_can_be_typed_everywhere(desk_app, text):
    class_id = a_class(desk_app.engine, name=text)
    a_reseller(desk_app.engine, name=text)
    app = filled(desk_app.open("new_customer", Role.MANAGER), class_id, Customer_ID=text, Company_name=text, City=text)
    press(app, "Save and add another")
    assert not app.exception
    assert rows(desk_app.engine, Customer)[0].company_name == text


def test_an_analyst_is_told_who_can_add_customers(desk_app):
    app = desk_app.open("new_customer", Role.ANALYST)
    assert "can." in said(app)
    assert "Customer ID" not in labels(app)


def test_a_section_filled_in_before_the_first_save_is_saved_with_the_customer_and_others_make_no_row(desk_app):
    class_id = a_class(desk_app.engine, send_statistics="short")
    app = filled(desk_app.open("new_customer", Role.MANAGER), class_id)
    assert "Additional info (optional)" in [one.label for one in app.expander]
    assert field(app, "Send statistics").options[0] == "As class: Short"
    app = fill(app, Reference_number="CRM-7")
    field(app, "Subscription discount rate (%)").set_value("101").run()
    press(app, "Save")
    assert "This cannot be above 100." in said(app)
    assert rows(desk_app.engine, Customer) == []
    field(app, "Subscription discount rate (%)").set_value("10").run()
    press(app, "Save")
    (row,), (customer,) = rows(desk_app.engine, AdditionalInfo), rows(desk_app.engine, Customer)
    assert (row.customer_id, row.reference_number, row.discount_rate) == (customer.id, "CRM-7", Decimal(10))
    assert rows(desk_app.engine, SelfCare) == []


def test_what_was_begun_is_offered_when_one_comes_back(desk_app):
    actor, class_id = a_person(desk_app.engine, Role.MANAGER), a_class(desk_app.engine)
    filled(opened(desk_app, actor), class_id, Reference_number="CRM-7")
    app = opened(desk_app, actor)
    assert "continue, or start over" in said(app)
    assert field(app, "Reference number").value == "CRM-7"


def test_the_first_name_is_proposed_as_the_contact_until_another_is_typed(desk_app):
    a_class(desk_app.engine)
    app = fill(desk_app.open("new_customer", Role.MANAGER), First_name="Ada")
    assert field(app.run(), "Contact").value == "Ada"
    fill(app, Contact="Mrs Ek")
    fill(app, First_name="Eva")
    assert field(app, "Contact").value == "Mrs Ek"
