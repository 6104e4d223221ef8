"""The tab Balance & credits and its dialogs: limits for a time, thresholds, and a booking that was wrong."""

from datetime import timedelta
from decimal import Decimal

import pytest

from data_access.base.bookings import Kind
from data_access.base.permissions import Role
from data_access.commands.billing.money import BookTransaction
from data_access.models.collection import WarningThreshold
from data_access.models.customers import BalanceControl, Customer
from data_access.models.money import Invoice, Transaction
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_class, a_customer, an_invoice, today
from tests.support.forms import field, fill, labels, press, said
from tests.support.people import a_person
from tests.support.tables import only, rows
from tests.support.tabs import cells, choose, open_tab

TAB = "Balance & credits"


def figures(app):
    return {one.label: one.value for one in app.metric}


def test_a_limit_is_raised_within_the_ceiling_that_is_shown(desk_app):
    customer = a_customer(desk_app.engine, customer_code="C-1")
    app = press(open_tab(desk_app, customer, TAB, Role.SUPPORT), "Raise the limit temporarily")
    assert "You may raise it by at most 250.00 EUR" in said(app)
    press(app, "Raise the limit")
    assert "Choose until when" in said(app)
    fill(app, **{"Amount in EUR": "251"}, Until=today() + timedelta(days=3))
    press(app, "Raise the limit")
    assert "You may raise this limit by at most 250.00 EUR" in said(app)
    assert "Give the reason" in said(app)
    press(fill(app, **{"Amount in EUR": "250"}, Reason="holiday abroad"), "Raise the limit")
    assert only(desk_app.engine, Customer).temporary_limit == 250
    assert "the credit limit is raised by 250.00 EUR" in said(app)
    assert figures(app)["Effective limit"] == "1,250.00 EUR"
    assert "1,000.00 EUR and 250.00 EUR until" in said(app)
    assert "holiday abroad" in cells(app)


def test_a_limit_is_raised_by_a_percentage_and_ended_at_once_and_the_status_is_said(desk_app):
    customer = a_customer(desk_app.engine, balance=1001)
    app = press(open_tab(desk_app, customer, TAB), "Raise the limit temporarily")
    fill(app, **{"Raise it": "percent"})
    press(fill(app, Percentage="50", Until=today() + timedelta(days=3), Reason="fair"), "Raise the limit")
    assert only(desk_app.engine, Customer).temporary_limit == 500
    assert "is raised by 500.00 EUR. Shown as Active. Services can be used." in said(app)
    press(press(app, "Raise the limit temporarily"), "End the increase now")
    assert only(desk_app.engine, Customer).temporary_limit is None
    assert "the permanent limit holds again. Shown as Credit exceeded." in said(app)
    assert "Percentage" not in labels(app)


def test_what_cannot_be_raised_says_why(desk_app):
    prepaid = a_customer(desk_app.engine, balance_control=BalanceControl.PREPAID, credit_limit=None)
    app = open_tab(desk_app, prepaid, TAB)
    raising = next(one for one in app.button if one.label == "Raise the limit temporarily")
    assert raising.disabled
    assert raising.help.startswith("Prepaid customers have no credit limit")
    without = a_customer(desk_app.engine, credit_limit=None)
    app = press(open_tab(desk_app, without, TAB), "Raise the limit temporarily")
    assert "there is nothing to raise" in said(app)


def test_several_thresholds_are_saved_and_shown_again(desk_app):
    customer = a_customer(desk_app.engine, balance=Decimal(60))
    app = press(open_tab(desk_app, customer, TAB), "Warning thresholds")
    press(fill(app, **{"Amounts in EUR": "50; x", "Percent of the permanent limit": "80"}), "Save")
    assert "is not an amount" in said(app)
    press(fill(app, **{"Amounts in EUR": "50, 300"}), "Save")
    assert sorted((row.kind, row.value) for row in rows(desk_app.engine, WarningThreshold)) == [
        ("amount", 50), ("amount", 300), ("percent", 80),
    ]  # fmt: skip
    assert "Reached: 50.00 EUR" in said(app)
    assert field(press(app, "Warning thresholds"), "Amounts in EUR").value == "50; 300"


def a_paid_invoice(desk_app):
    customer = a_customer(desk_app.engine, customer_code="C-1")
    an_invoice(desk_app.engine, customer, number="A-1")
    order = BookTransaction(
        customer_id=customer, kind=Kind.MANUAL_PAYMENT, amount=Decimal(100), command_id=new_command_id()
    )
    Access(desk_app.engine, a_person(desk_app.engine)).execute(order)
    return customer


def test_a_payment_is_reversed_from_its_row_after_telling_what_opens_again(desk_app):
    customer = a_paid_invoice(desk_app)
    app = choose(open_tab(desk_app, customer, TAB), f"ledger-{customer}")
    press(app, "Reverse this booking")
    assert "After: owes 100.00 EUR" in said(app)
    assert "Invoice A-1, due 15 Feb 2026: 100.00 EUR, overdue at once" in said(app)
    press(app, "Reverse it")
    assert "nothing is reversed without one" in said(app)
    press(fill(app, Reason="bounced"), "Reverse it")
    assert only(desk_app.engine, Invoice).payment_status == "unpaid"
    assert len(rows(desk_app.engine, Transaction)) == 3
    assert "manual payment of 100.00 EUR is reversed" in said(app)
    assert "Reason" not in labels(app)


def test_a_reversal_that_leads_over_the_limit_says_so(desk_app):
    customer = a_customer(desk_app.engine, credit_limit=Decimal("49.99"), balance=Decimal(50), unallocated=Decimal(50))
    app = choose(open_tab(desk_app, customer, TAB, Role.ADMIN), f"ledger-{customer}", 0)
    press(app, "Reverse this booking")
    assert "The balance is 50.01 EUR above the credit limit afterwards." in said(app)


def test_what_is_not_invoiced_yet_is_shown(desk_app):
    customer = a_customer(desk_app.engine, currency="KWD", balance=Decimal("12.5"))
    assert figures(open_tab(desk_app, customer, TAB, Role.SUPPORT))["Not invoiced yet"] == "12.500 KWD"


def test_a_reversal_cannot_be_reversed_and_says_so(desk_app):
    customer = a_paid_invoice(desk_app)
    app = choose(open_tab(desk_app, customer, TAB), f"ledger-{customer}", row=1)
    press(app, "Reverse this booking")
    assert "It came with an invoice, which would stay" in said(app)
    assert "Reason" not in labels(app)


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ANALYST])
def test_who_may_not_reverse_reads_who_can(desk_app, role):
    customer = a_paid_invoice(desk_app)
    app = choose(open_tab(desk_app, customer, TAB, role), f"ledger-{customer}")
    reversing = next(one for one in app.button if one.label == "Reverse this booking")
    assert reversing.disabled
    assert (
        reversing.help == "Your role has no right to reverse bookings and write debts off. A manager or an admin can."
    )


def test_missing_funds_suspend_as_the_class_says_until_a_customer_decides_otherwise(desk_app):
    of_class = a_class(desk_app.engine, name="Homes", suspend_on_insufficient_funds=True)
    prepaid = {"balance_control": BalanceControl.PREPAID, "credit_limit": None, "customer_class_id": of_class}
    customer = a_customer(desk_app.engine, **prepaid)
    app = open_tab(desk_app, customer, TAB)
    assert "As class: Yes" in cells(app)
    press(press(app, "Change suspension for missing funds"), "Save")
    assert "Nothing was changed" in said(app)
    press(fill(app, **{"Suspend on insufficient funds": "no"}), "Save")
    assert only(desk_app.engine, Customer).suspend_on_insufficient_funds is False
    assert "Suspend on insufficient funds      No" in cells(app)
    assert "Suspend on insufficient funds" in cells(open_tab(desk_app, customer, "Audit"))


def test_who_may_not_edit_customers_reads_who_can_change_what_suspends(desk_app):
    app = open_tab(desk_app, a_customer(desk_app.engine), TAB, Role.ANALYST)
    change = next(one for one in app.button if one.label == "Change suspension for missing funds")
    assert change.disabled
    assert change.help.endswith("Support, a manager or an admin can.")


@pytest.mark.parametrize(
    ("currency", "typed", "paid"), [("JPY", "1,500", "1,500 JPY"), ("EUR", "1,240.50", "1,240.50 EUR")]
)
def test_a_payment_is_typed_as_the_page_shows_it(desk_app, currency, typed, paid):
    customer = a_customer(desk_app.engine, currency=currency)
    app = press(desk_app.open("customer", Role.MANAGER, id=str(customer)), "Adjust balance")
    fill(app, Transaction="manual_payment")
    fill(app, **{f"Amount in {currency}": typed, "Payment method": "Cash"})
    assert paid in said(press(app, "Review"))
