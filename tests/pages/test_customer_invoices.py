"""The tab Invoices & taxation and its dialogs: invoices on demand, void ones, and those issued in their place."""

from datetime import timedelta
from decimal import Decimal

import pytest

from data_access.base.bookings import Kind
from data_access.base.clock import system_clock
from data_access.base.permissions import SYSTEM, Role
from data_access.commands.billing.invoices import IssueMidterm, IssueOutOfTurn, VoidInvoice
from data_access.commands.billing.money import BookTransaction
from data_access.commands.collections.collection import Collect
from data_access.commands.services.usage import BookCharges, Charge
from data_access.models.customers import BillingPeriod, Customer
from data_access.models.history import InvoiceRequest
from data_access.models.money import Invoice, Transaction
from data_access.queries.audit.customer_audit import CustomerAudit
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_class, a_customer, a_discount, a_discount_plan, an_invoice, today
from tests.support.forms import field, fill, labels, press, said
from tests.support.people import a_person, access_for
from tests.support.tables import only, rows
from tests.support.tabs import cells, choose, open_tab
from tests.support.taxes import VAT_10, a_profile

TAB = "Invoices & taxation"


def a_charge(desk_app, customer, amount="25", comment="Router"):
    order = BookTransaction(
        customer_id=customer, kind=Kind.MANUAL_CHARGE, amount=Decimal(amount), service="Equipment",
        visible_comment=comment, command_id=new_command_id(),
    )  # fmt: skip
    return Access(desk_app.engine, a_person(desk_app.engine)).execute(order).transaction_id


def issuing(desk_app, customer, kind, role=Role.SUPPORT):
    return fill(press(open_tab(desk_app, customer, TAB, role), "Issue an invoice"), **{"Which invoice?": kind})


def test_a_midterm_invoice_is_requested_and_its_progress_shown(desk_app):
    customer = a_customer(desk_app.engine, customer_code="C-1")
    a_charge(desk_app, customer)
    app = press(issuing(desk_app, customer, "midterm"), "Request it")
    assert "C-1: A midterm invoice has been requested: it will be issued by " in said(app)
    assert "Requested" in cells(app)
    app = fill(press(app, "Issue an invoice"), **{"Which invoice?": "midterm"})
    assert "it is issued by " in said(app)
    Access(desk_app.engine, SYSTEM).execute(
        IssueMidterm(request_id=only(desk_app.engine, InvoiceRequest).id, command_id=new_command_id())
    )
    table = cells(open_tab(desk_app, customer, TAB))
    assert "Issued" in table
    assert only(desk_app.engine, Invoice).number in table


def test_an_out_of_turn_invoice_is_reviewed_with_its_terms_and_issued_once(desk_app):
    customer = a_customer(desk_app.engine, customer_code="C-1", customer_class_id=a_class(desk_app.engine))
    router = a_charge(desk_app, customer)
    a_charge(desk_app, customer, "7", "Cable")
    app = issuing(desk_app, customer, "out_of_turn")
    press(app, "Review")
    assert "Choose at least one" in said(app)
    press(fill(app, **{"Charges and credits": [str(router)]}), "Review")
    assert "Out-of-turn invoice over 1 booking" in said(app)
    assert "Total: 25.00 EUR" in said(app)
    assert "to be paid within 14 days" in said(app)
    press(app, "Issue the invoice")
    invoice = only(desk_app.engine, Invoice)
    assert (invoice.total, invoice.due_on) == (25, today() + timedelta(days=14))
    assert f"C-1: invoice {invoice.number} is issued." in said(app)
    assert "Which invoice?" not in labels(app)
    assert invoice.number in cells(app)


def test_what_stood_on_a_void_invoice_is_reviewed_with_its_due_day(desk_app):
    customer = a_customer(desk_app.engine, customer_class_id=a_class(desk_app.engine))
    number = an_issued_invoice(desk_app, customer)
    old, [router] = only(desk_app.engine, Invoice), [row.id for row in rows(desk_app.engine, Transaction)]
    Access(desk_app.engine, SYSTEM).execute(VoidInvoice(invoice_id=old.id, command_id=new_command_id()))
    app = issuing(desk_app, customer, "out_of_turn")
    press(fill(app, **{"Charges and credits": [str(router)]}), "Review")
    assert f"as invoice {number} was, which is void" in said(app)
    assert "to be paid within" not in said(app)


def test_a_booking_that_was_invoiced_meanwhile_is_refused_and_the_choice_stays(desk_app):
    customer = a_customer(desk_app.engine)
    router = a_charge(desk_app, customer)
    app = press(fill(issuing(desk_app, customer, "out_of_turn"), **{"Charges and credits": [str(router)]}), "Review")
    other = Access(desk_app.engine, a_person(desk_app.engine))
    other.execute(IssueOutOfTurn(customer_id=customer, transaction_ids=(router,), command_id=new_command_id()))
    press(app, "Issue the invoice")
    assert "It said before: Total: 25.00 EUR." in said(app)
    press(app, "Issue the invoice")
    assert "Some of the bookings cannot be invoiced out of turn" in said(app)
    assert len(rows(desk_app.engine, Invoice)) == 1


def test_back_from_the_review_the_choice_stands(desk_app):
    customer = a_customer(desk_app.engine)
    router = str(a_charge(desk_app, customer))
    app = press(fill(issuing(desk_app, customer, "out_of_turn"), **{"Charges and credits": [router]}), "Review")
    assert field(press(app, "Back"), "Charges and credits").value == [router]


def test_without_a_charge_made_by_hand_there_is_nothing_to_choose(desk_app):
    app = issuing(desk_app, a_customer(desk_app.engine), "out_of_turn")
    assert "No manual charge or credit is waiting" in said(app)


def test_an_initial_invoice_is_refused_after_the_first_period(desk_app):
    app = press(issuing(desk_app, a_customer(desk_app.engine), "initial"), "Issue it")
    assert "An initial invoice is possible in the first billing period only" in said(app)


def an_issued_invoice(desk_app, customer):
    order = IssueOutOfTurn(
        customer_id=customer, transaction_ids=(a_charge(desk_app, customer),), command_id=new_command_id()
    )
    return Access(desk_app.engine, a_person(desk_app.engine)).execute(order).number


def test_an_invoice_is_made_void_after_telling_what_that_means(desk_app):
    customer = a_customer(desk_app.engine, customer_code="C-1")
    number = an_issued_invoice(desk_app, customer)
    app = press(choose(open_tab(desk_app, customer, TAB), f"invoices-{customer}"), "Void this invoice")
    assert f"Invoice: {number}" in said(app)
    assert "go on the next invoice" in said(app)
    press(fill(app, **{"Reason (optional)": "wrong customer"}), "Void it")
    assert only(desk_app.engine, Invoice).payment_status == "void"
    assert f"C-1: invoice {number} is void." in said(app)
    voiding = next(one for one in app.button if one.label == "Void this invoice")
    assert voiding.help == f"Invoice {number} is already void."


def test_an_invoice_is_issued_again_in_place_of_the_old_one(desk_app):
    customer = a_customer(desk_app.engine)
    number = an_issued_invoice(desk_app, customer)
    app = press(choose(open_tab(desk_app, customer, TAB), f"invoices-{customer}"), "Reissue this invoice")
    press(app, "Reissue it")
    old, new = rows(desk_app.engine, Invoice)
    assert (old.payment_status, new.replaces_id) == ("void", old.id)
    assert f"invoice {new.number} is issued in place of {number}" in said(app)


def test_an_invoice_that_came_from_outside_cannot_be_void_and_says_what_to_do(desk_app):
    customer = a_customer(desk_app.engine)
    an_invoice(desk_app.engine, customer)
    app = press(choose(open_tab(desk_app, customer, TAB), f"invoices-{customer}"), "Void this invoice")
    press(app, "Void it")
    assert "book a credit or a write-off instead" in said(app)


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.ANALYST])
def test_who_may_not_void_reads_who_can(desk_app, role):
    customer = a_customer(desk_app.engine)
    an_invoice(desk_app.engine, customer)
    app = choose(open_tab(desk_app, customer, TAB, role), f"invoices-{customer}")
    voiding = next(one for one in app.button if one.label == "Void this invoice")
    assert voiding.disabled
    assert voiding.help.endswith("A manager or an admin can.")


@pytest.mark.parametrize(
    ("is_blocked", "service", "shown"),
    [
        (False, "service is back at once", "is void. Shown as Active. Services can be used."),
        (True, "it stays blocked", "is void."),
    ],
)
def test_a_void_that_ends_a_suspension_says_so_before_and_after(desk_app, is_blocked, service, shown):
    engine, before = desk_app.engine, system_clock() - timedelta(days=30)
    customer = a_customer(
        engine, customer_code="C-1", blocked=is_blocked, customer_class_id=a_class(engine, net_days=1, suspend_after=3)
    )
    then = Access(engine, SYSTEM, lambda: before)
    charge = BookTransaction(
        customer_id=customer, kind=Kind.MANUAL_CHARGE, amount=Decimal(25), service="Calls", command_id=new_command_id()
    )
    booked = then.execute(charge).transaction_id
    then.execute(IssueOutOfTurn(customer_id=customer, transaction_ids=(booked,), command_id=new_command_id()))
    Access(engine, SYSTEM).execute(Collect(customer_id=customer, command_id=new_command_id()))
    app = press(choose(open_tab(desk_app, customer, TAB), f"invoices-{customer}"), "Void this invoice")
    assert f"the suspension ends and {service}. No reactivation fee is charged." in said(app)
    press(app, "Void it")
    assert shown in said(app)
    assert ("Shown as" in said(app)) is not is_blocked
    assert only(engine, Customer).bill_status == "open"


def test_invoicing_is_set_beside_what_the_class_says_refused_and_told_in_the_audit(desk_app):
    profile = a_profile(desk_app.engine, VAT_10)
    customer = a_customer(desk_app.engine, customer_class_id=a_class(desk_app.engine, sends_invoices=False))
    app = press(open_tab(desk_app, customer, TAB), "Change invoicing and taxation")
    press(fill(app, Taxation="profile"), "Save")
    assert "Choose the tax profile." in said(app)
    fill(app, **{"Tax profile": str(profile), "Send invoices by email": "yes"})
    press(app, "Save")
    assert "Invoicing is saved." in said(app)
    assert "Taxation" in cells(app)
    audit = access_for(desk_app.engine, Role.ADMIN).fetch(CustomerAudit(customer)).rows
    assert {"Taxation", "Tax profile", "Send invoices by email"} <= {row.field for row in audit}


def test_an_invoice_is_sent_adjusted_and_found_by_its_status(desk_app):
    customer = a_customer(desk_app.engine, customer_code="C-1", email="ann@example.com")
    an_invoice(desk_app.engine, customer, number="A-1", total=Decimal(100))
    app = choose(open_tab(desk_app, customer, TAB, Role.ADMIN), f"invoices-{customer}")
    press(press(app, "Send this invoice"), "Send it")
    assert "C-1: invoice A-1 is on its way." in said(app)
    press(choose(app, f"invoices-{customer}"), "Adjust this invoice")
    press(fill(app, **{"Amount in EUR": "100.01", "Reason": "goodwill"}), "Take it off")
    assert "can still be taken off" in said(app)
    press(fill(app, **{"Amount in EUR": "40"}), "Take it off")
    assert "C-1: invoice A-1 is adjusted." in said(app)
    assert "1 invoice: 100.00 EUR in all, 40.00 EUR paid, 60.00 EUR open" in said(app)
    kept = desk_app.open("customer", Role.ADMIN, id=str(customer), tab=TAB, **{"invoice-status": "Void"})
    assert "No invoice is like this." in said(kept)


def test_the_next_invoice_is_told_line_by_line_on_a_page_of_its_own(desk_app):
    period = {"period_from": today() - timedelta(days=5), "period_to": today() + timedelta(days=5)}
    closes = {"closes_at": system_clock() + timedelta(days=6)}
    customer = a_customer(desk_app.engine, billing_period=BillingPeriod.THIRTY_DAYS, **period, **closes)
    a_discount(desk_app.engine, customer, plan_id=a_discount_plan(desk_app.engine, ("Calls", "amount", "0", "10")))
    call = Charge("one", Decimal(50), "Calls", today())
    access_for(desk_app.engine, Role.ADMIN, system_clock()).execute(
        BookCharges(charges=((customer, call),), command_id=new_command_id())
    )
    assert "Before that, the volume discount is taken off." in said(open_tab(desk_app, customer, TAB))
    app = desk_app.open("next_invoice", Role.ANALYST, id=str(customer))
    assert "As of now it asks for 45.00 EUR." in said(app)
    assert all(words in cells(app) for words in ("−5.00 EUR", "As of now: usage until the close changes it"))
