"""The tab Payment method, and what Adjust balance asks of stored cards."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import count

import pytest

from data_access.base.clock import system_clock
from data_access.base.money import exact
from data_access.base.permissions import Role
from data_access.commands.cards.cards import AddCard, RequestCardPayment
from data_access.jobs.paying import carry_out
from data_access.models.cards import BankOperation, CardPayment, PaymentMethod
from data_access.models.customers import Customer
from data_access.models.money import Transaction
from data_access.store.access import Access, new_command_id
from data_access.store.drafts import draft_for
from data_access.store.gateway import LocalGateway
from tests.data_access.test_cards import adding
from tests.support.builders import a_customer, a_suspended_customer, today
from tests.support.forms import field, fill, labels, press, said
from tests.support.people import a_person, access_for
from tests.support.tables import only, rows
from tests.support.tabs import cells, choose, open_tab

TAB = "Payment method"
_numbers = count(1)


def a_card(desk_app, customer, mark="test-approve", **over):
    told = {"brand": "Visa", "last_four": "4242", "expires_on": today() + timedelta(days=400)} | over
    order = AddCard(customer_id=customer, token=f"{mark}-{next(_numbers)}", command_id=new_command_id(), **told)
    return Access(desk_app.engine, a_person(desk_app.engine)).execute(order).method_id


def asked(desk_app, customer, button, amount, role=Role.MANAGER, **over):
    """Adjust balance, opened from the tab with the transaction chosen, and reviewed."""
    card = a_card(desk_app, customer, **over)
    app = press(open_tab(desk_app, customer, TAB, role), button)
    return press(fill(app, Card=str(card), **{"Amount in EUR": amount}), "Review")


def of_the_payment(app, customer, button):
    """Adjust balance, opened from the row of the newest card payment."""
    return press(choose(app, f"card-payments-{customer}"), button)


def test_a_card_is_stored_by_its_token_and_shown_without_a_number(desk_app):
    customer = a_customer(desk_app.engine, customer_code="C-1")
    app = press(open_tab(desk_app, customer, TAB, Role.SUPPORT), "Add a payment method")
    fill(app, **{"Token of the gateway": "4242 4242 4242 4242", "Brand": "Visa", "Last four digits": "4242"})
    press(app, "Store the card")
    assert "Give the last day" in said(app)
    fill(app, **{"Last day it is valid": today() + timedelta(days=300)})
    press(app, "Store the card")
    assert "Card numbers are never stored here" in said(app)
    press(fill(app, **{"Token of the gateway": "tok-1"}), "Store the card")
    assert only(desk_app.engine, PaymentMethod).token == "tok-1"
    assert "C-1: the card is stored." in said(app)
    assert "4242" in cells(app)
    assert "tok-1" not in cells(app)


def test_a_card_is_removed(desk_app):
    customer = a_customer(desk_app.engine)
    a_card(desk_app, customer)
    app = choose(open_tab(desk_app, customer, TAB), f"cards-{customer}")
    press(press(app, "Remove a payment method"), "Remove it")
    assert only(desk_app.engine, PaymentMethod).removed_at is not None
    assert "Not set. Payments by" in said(app)


def test_cards_are_offered_in_adjust_balance_only_where_one_is_stored(desk_app):
    customer = a_customer(desk_app.engine)
    without = press(open_tab(desk_app, customer, TAB), "Adjust balance")
    assert "E\\-commerce payment" not in field(without, "Transaction").options
    a_card(desk_app, customer)
    with_card = press(open_tab(desk_app, customer, TAB), "Adjust balance")
    assert list(field(with_card, "Transaction").options)[-2:] == ["E\\-commerce payment", "Authorization only"]


def test_a_payment_by_card_is_reviewed_taken_once_and_ends_the_suspension(desk_app):
    customer = a_suspended_customer(desk_app.engine, customer_code="C-1")
    app = asked(desk_app, customer, "Take a payment", "100")
    assert "100.00 EUR in full" in said(app)
    assert "the suspension ends" in said(app)
    press(app, "Confirm")
    assert "C-1: e-commerce payment, done." in said(app)
    assert only(desk_app.engine, Customer).balance == 0
    assert len(rows(desk_app.engine, BankOperation)) == 1
    assert "Taken" in cells(app)
    assert "Transaction" not in labels(app)


def test_a_reload_before_the_answer_takes_nothing_twice(desk_app):
    customer, person = a_customer(desk_app.engine), a_person(desk_app.engine, Role.MANAGER)
    card = a_card(desk_app, customer)

    def opened():
        app = desk_app.sign_in_as(person).run()
        app.switch_page("../pages/customer.py")
        app.query_params["id"], app.query_params["tab"] = str(customer), TAB
        return press(app.run(), "Take a payment")

    first = press(fill(opened(), Card=str(card), **{"Amount in EUR": "30"}), "Review")
    again = opened()
    assert field(again, "Amount in EUR").value == "30"
    press(again, "Review")
    press(first, "Confirm")
    press(again, "Confirm")
    assert [row.amount for row in rows(desk_app.engine, Transaction)] == [Decimal(-30)]
    assert len(rows(desk_app.engine, BankOperation)) == 1


def test_after_an_answer_that_was_lost_the_form_says_so_and_the_bank_is_asked_once(desk_app):
    customer, person = a_customer(desk_app.engine), a_person(desk_app.engine, Role.MANAGER)
    card = a_card(desk_app, customer)
    app = desk_app.sign_in_as(person).run()
    app.switch_page("../pages/customer.py")
    app.query_params["id"], app.query_params["tab"] = str(customer), TAB
    press(fill(press(app.run(), "Take a payment"), Card=str(card), **{"Amount in EUR": "30"}), "Review")
    draft = draft_for(desk_app.engine, person.person_id, "adjust_balance", str(customer), system_clock())
    lost = RequestCardPayment(
        customer_id=customer, method_id=card, amount=exact(Decimal(30)), command_id=draft.command_id
    )
    carry_out(Access(desk_app.engine, person), LocalGateway(desk_app.engine, system_clock), lost)
    press(app, "Confirm")
    assert "Already done, on " in said(app)
    assert "Request card payment" in said(app)
    assert [row.amount for row in rows(desk_app.engine, Transaction)] == [Decimal(-30)]
    assert len(rows(desk_app.engine, BankOperation)) == 1


def test_a_refusal_of_the_bank_is_said_and_stands_in_the_list(desk_app):
    customer = a_customer(desk_app.engine)
    app = press(asked(desk_app, customer, "Take a payment", "30", mark="test-refuse"), "Confirm")
    assert "not done, the bank refused it. The bank declined the card." in said(app)
    assert "Refused: The bank declined the card." in cells(app)
    assert rows(desk_app.engine, Transaction) == []


def test_an_unknown_outcome_is_explained_and_books_nothing(desk_app):
    customer = a_customer(desk_app.engine)
    app = press(asked(desk_app, customer, "Take a payment", "30", mark="test-lost-after"), "Confirm")
    assert "it is not known whether this was done" in said(app)
    assert "Outcome unknown" in cells(app)
    assert rows(desk_app.engine, Transaction) == []


def test_reserved_money_is_taken_in_part(desk_app):
    customer = a_customer(desk_app.engine)
    app = press(asked(desk_app, customer, "Reserve money", "80"), "Confirm")
    assert "Reserved" in cells(app)
    assert rows(desk_app.engine, Transaction) == []
    press(fill(of_the_payment(app, customer, "Take it"), **{"Amount in EUR": "90"}), "Review")
    assert "Reserved are 80.00 EUR: no more can be taken." in said(app)
    press(fill(app, **{"Amount in EUR": "70"}), "Review")
    press(app, "Confirm")
    assert only(desk_app.engine, Transaction).amount == -70
    assert "70.00 EUR" in cells(app)


def test_reserved_money_is_let_go(desk_app):
    customer = a_customer(desk_app.engine)
    app = press(asked(desk_app, customer, "Reserve money", "80"), "Confirm")
    press(press(of_the_payment(app, customer, "Release it"), "Review"), "Confirm")
    assert only(desk_app.engine, CardPayment).state == "voided"
    assert "Let go" in cells(app)


def test_what_paid_no_invoice_is_given_back_to_its_card_with_a_reason(desk_app):
    customer = a_customer(desk_app.engine)
    app = press(asked(desk_app, customer, "Take a payment", "30", Role.ADMIN), "Confirm")
    press(fill(of_the_payment(app, customer, "Give it back"), **{"Amount in EUR": "12"}), "Review")
    assert "Give the reason" in said(app)
    press(fill(app, Reason="paid twice"), "Review")
    assert "Unallocated payments afterwards: 18.00 EUR" in said(app)
    press(app, "Confirm")
    assert only(desk_app.engine, CardPayment).refunded == 12
    assert [row.amount for row in rows(desk_app.engine, Transaction)] == [-30, 12]


def test_what_cannot_be_done_with_a_card_payment_says_why(desk_app):
    customer = a_suspended_customer(desk_app.engine)
    app = press(asked(desk_app, customer, "Take a payment", "100"), "Confirm")
    choose(app, f"card-payments-{customer}")
    helps = {one.label: one.help for one in app.button if one.disabled}
    assert helps["Take it"] == "Only reserved money can be taken or released."
    assert helps["Give it back"].startswith("None of it is left")


@pytest.mark.parametrize("label", ["Add a payment method", "Take a payment", "Reserve money"])
def test_an_analyst_reads_who_can(desk_app, label):
    app = open_tab(desk_app, a_customer(desk_app.engine), TAB, Role.ANALYST)
    assert next(one for one in app.button if one.label == label).help.endswith("Support, a manager or an admin can.")


def test_a_card_is_not_charged_twice_within_ten_minutes_without_being_asked(desk_app):
    customer = a_customer(desk_app.engine)
    app = press(asked(desk_app, customer, "Take a payment", "30"), "Confirm")
    press(fill(press(app, "Take a payment"), **{"Amount in EUR": "30"}), "Review")
    assert "A payment of 30.00 EUR" in said(app)
    press(press(app, "It is another payment"), "Confirm")
    assert [row.amount for row in rows(desk_app.engine, Transaction)] == [-30, -30]


def test_automatic_payments_are_set_to_a_stored_card_and_shown_as_a_rule(desk_app):
    customer = a_customer(desk_app.engine)
    manager = access_for(desk_app.engine, Role.MANAGER)
    card = manager.execute(adding(customer, expires_on=date(2050, 1, 31))).method_id
    app = press(open_tab(desk_app, customer, TAB, Role.MANAGER), "Change automatic payments")
    level = "When the balance exceeds, or the funds drop below"
    press(fill(app, **{"Payment method": str(card), "Automatic payment": "50"}), "Save")
    assert "Say when it is paid." in said(app)
    press(fill(app, **{level: "100"}), "Save")
    assert "The automatic payment is saved." in said(app)
    assert "Pay 50.00 EUR when the balance exceeds 100.00 EUR" in cells(app)


def test_a_direct_debit_is_stored_with_its_mandate_and_removed(desk_app):
    customer = a_customer(desk_app.engine, customer_code="C-1")
    app = press(open_tab(desk_app, customer, "Payment method"), "Add a payment method")
    fill(app, **{"Payment method": "direct_debit"})
    fill(app, **{"Token of the gateway": "test-approve-1", "Bank": "City Bank", "Last four digits": "3000"})
    press(app, "Store the account")
    assert "Give the reference of the mandate" in said(app)
    press(fill(app, **{"Reference of the mandate": "M-000017"}), "Store the account")
    assert all(words in cells(app) for words in ("Direct debit", "City Bank", "M-000017"))
    app = choose(open_tab(desk_app, customer, "Payment method"), f"cards-{customer}")
    press(press(app, "Remove a payment method"), "Remove it")
    assert "Not set." in said(app)
