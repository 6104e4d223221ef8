"""The Customer page: what stands on it for whom, tab by tab, and what the address can do to it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.customer.tab_bar import TABS
from data_access.base.clock import system_clock
from data_access.base.permissions import PEOPLE_ROLES, Role
from data_access.base.statuses import BillStatus, SuspensionCause
from data_access.models.customers import BalanceControl, BillingPeriod
from tests.support.builders import (
    a_class,
    a_customer,
    a_note,
    a_plan,
    a_reseller,
    a_subscription,
    a_suspended_customer,
    an_account,
    an_invoice,
)
from tests.support.desk_app import DeskApp

TRICKY = "*A* [b](http://c.example) <b>d</b> $e$ :red[f] `g`"


def the_page(desk_app: DeskApp, customer_id: object, role: Role = Role.SUPPORT, **address: str) -> AppTest:
    return desk_app.open("customer", role, id=str(customer_id), **address)


def said(app: AppTest) -> str:
    """All that is drawn as text, as markdown source."""
    assert not app.exception
    drawn = (app.title, app.markdown, app.text, app.caption, app.subheader, app.error, app.info)
    figures = [f"{figure.label} {figure.value}" for figure in app.metric]
    return "\n".join([*(str(part.value) for kind in drawn for part in kind), *figures]).replace("\\", "")


def button(app: AppTest, label: str) -> object:
    return next(one for one in app.button if one.label == label)


def test_the_head_says_who_it_is_and_how_it_stands(desk_app):
    plan = a_class(desk_app.engine, name="Business EUR", business_model="Business")
    customer = a_customer(
        desk_app.engine, customer_code="C-10242", company_name="Blue Harbour", customer_class_id=plan,
        balance=Decimal("1240.50"), billing_zone="Europe/Berlin",
    )  # fmt: skip
    page = said(the_page(desk_app, customer))
    assert "C-10242 · Business EUR · Business · postpaid · EUR · customer since" in page
    assert "billed monthly, Europe/Berlin" in page
    assert "Balance owes 1,240.50 EUR" in page
    assert "124 % used, 240.50 EUR over" in page
    assert "Credit exceeded" in page


def test_a_prepaid_customer_shows_funds_and_no_limit(desk_app):
    customer = a_customer(desk_app.engine, balance_control=BalanceControl.PREPAID, balance=Decimal("-12.40"))
    page = said(the_page(desk_app, customer))
    assert "Available funds 12.40 EUR available" in page
    assert "Credit limit none" in page
    assert "owes" not in page


def test_the_reason_names_rule_payment_and_who_can_lift(desk_app):
    page = said(the_page(desk_app, a_suspended_customer(desk_app.engine)))
    assert "An invoice is overdue" in page
    assert "A payment of 100.00 EUR ends it at once" in page
    assert "It can be lifted by support until" in page


def test_a_plainly_active_customer_has_no_reason_to_explain(desk_app):
    page = said(the_page(desk_app, a_customer(desk_app.engine)))
    assert ":material/lock_open:" not in page


def test_the_next_step_stands_with_its_day(desk_app):
    today = system_clock().date()
    customer = a_customer(
        desk_app.engine, bill_status=BillStatus.PROVISIONALLY_TERMINATED, terminate_on=today + timedelta(days=3)
    )
    page = said(the_page(desk_app, customer))
    assert "in 3 days: permanently terminated unless reactivated" in page


def test_what_happens_next_is_told_with_its_days(desk_app):
    today = system_clock().date()
    plan = a_class(desk_app.engine, suspend_after=3, working_days_only=False)
    customer = a_customer(desk_app.engine, customer_class_id=plan)
    an_invoice(
        desk_app.engine, customer, number="*R*-1", issued_on=today - timedelta(days=9), due_on=today + timedelta(days=5)
    )
    app = the_page(desk_app, customer)
    (panel,) = [one for one in app.expander if one.label.startswith("What happens next")]
    assert panel.label.replace("\\", "") == "What happens next, in 6 days: Invoice *R*-1 becomes overdue."
    assert "in 8 days: Suspended, unless invoice *R*-1 is paid." in said(app)
    assert "If nobody pays" in said(app)


def test_who_waits_for_funds_is_told_which_payment_brings_the_services_back(desk_app):
    today = system_clock().date()
    customer = a_customer(
        desk_app.engine, balance_control=BalanceControl.PREPAID, balance=Decimal(-20), bill_status=BillStatus.SUSPENDED,
        suspension_cause=SuspensionCause.INSUFFICIENT_FUNDS, billing_period=BillingPeriod.DAILY, period_from=today,
        period_to=today,
    )  # fmt: skip
    a_subscription(desk_app.engine, customer, plan_id=a_plan(desk_app.engine, fee=Decimal(30)))
    app = the_page(desk_app, customer)
    assert "**When 10.00 EUR is paid**: services resume." in said(app)
    assert "Next step when paid" in said(app)


def test_nothing_happens_next_to_whoever_is_gone(desk_app):
    app = the_page(desk_app, a_customer(desk_app.engine, bill_status=BillStatus.PERMANENTLY_TERMINATED))
    assert not [one for one in app.expander if one.label.startswith("What happens next")]


@pytest.mark.parametrize(("role", "opens"), [(Role.SUPPORT, False), (Role.ANALYST, True), (Role.MANAGER, True)])
def test_the_class_is_a_link_for_whoever_may_open_it(desk_app, role, opens):
    plan = a_class(desk_app.engine, name="Business EUR")
    app = the_page(desk_app, a_customer(desk_app.engine, customer_class_id=plan), role)
    ways = [(way.proto.label, way.proto.query_string) for way in app.get("page_link")]
    assert ((("Business EUR", f"id={plan}") in ways), "· Business EUR ·" in said(app)) == (opens, not opens)


@pytest.mark.parametrize("role", PEOPLE_ROLES)
@pytest.mark.parametrize("tab", TABS)
def test_every_tab_opens_by_its_address_for_every_role(desk_app, tab, role):
    customer = a_suspended_customer(desk_app.engine, company_name="Blue Harbour", city="Kiel")
    an_account(desk_app.engine, customer)
    app = the_page(desk_app, customer, role, tab=tab)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_of_a_customer_without_anything_says_so(desk_app, tab):
    app = the_page(desk_app, a_customer(desk_app.engine), tab=tab)
    assert not app.exception
    assert not app.error


def test_only_the_open_tab_asks_for_anything(desk_app):
    customer = a_customer(desk_app.engine)
    nothing = "No invoice has been issued yet."
    assert nothing in said(the_page(desk_app, customer, tab="Invoices & taxation"))
    assert nothing not in said(the_page(desk_app, customer, tab="Accounts"))


def test_a_damaged_tab_in_the_address_opens_the_overview(desk_app):
    customer = a_customer(desk_app.engine)
    assert "Created" in said(the_page(desk_app, customer, tab="Nonsense", kinds="nonsense", below="nonsense"))


@pytest.mark.parametrize("damaged", ["", "x", "0", "-1", "1.5", "١", "9" * 40, "1 OR 1=1", "999999"])
def test_a_damaged_address_says_so_and_shows_the_way_to_search(desk_app, damaged):
    a_customer(desk_app.engine)
    app = the_page(desk_app, damaged)
    assert not app.exception
    assert [title.value for title in app.title] == ["No such customer"]


def test_a_customer_of_another_reseller_is_no_such_customer(desk_app):
    customer = a_customer(desk_app.engine, company_name="Secret Ltd")
    app = desk_app.sign_in(Role.MANAGER, reseller_id=a_reseller(desk_app.engine)).run()
    app.switch_page("../pages/customer.py")
    app.query_params["id"] = str(customer)
    page = said(app.run())
    assert "No such customer" in page
    assert "Secret" not in page


def test_what_people_typed_is_shown_as_they_typed_it(desk_app):
    customer = a_customer(desk_app.engine, company_name=TRICKY)
    a_note(desk_app.engine, customer, text=TRICKY, sticky=True)
    app = the_page(desk_app, customer)
    drawn = [title.value for title in app.title] + [part.value for part in app.markdown]
    holding = [text for text in drawn if "b\\>d" in text]
    assert len(holding) == 3  # the name, the note under the head, the note in the timeline
    assert not [text for text in holding if "*A*" in text.replace("\\*", "") or "](http" in text or "<b>" in text]


def test_a_sticky_note_stands_under_the_head_on_every_tab(desk_app):
    customer = a_customer(desk_app.engine)
    a_note(desk_app.engine, customer, text="Speaks French only.", sticky=True)
    assert "Speaks French only." in said(the_page(desk_app, customer, tab="Accounts"))


def test_an_analyst_sees_masks_and_no_open_button(desk_app):
    customer = a_customer(desk_app.engine, first_name="Nadia", last_name="Kowalska", email="nadia@b.example")
    app = the_page(desk_app, customer, Role.ANALYST, tab="Address info")
    assert "Nadia" not in said(app)
    assert "nadia" not in app.dataframe[0].value.to_string()
    for label in ("Change status", "Adjust balance", "Edit", "Note"):
        assert button(app, label).disabled
        assert button(app, label).help.endswith(" can.")


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.MANAGER, Role.ADMIN])
def test_who_may_act_finds_the_buttons_open(desk_app, role):
    app = the_page(desk_app, a_customer(desk_app.engine), role)
    rare = {"Legal hold"}
    assert not [one.label for one in app.button if one.disabled and one.label not in rare]


def test_what_is_done_every_day_comes_first(desk_app):
    app = the_page(desk_app, a_customer(desk_app.engine), Role.SUPPORT)
    labels = ["Adjust balance", "Note", "Edit", "Change status"]
    assert [one.label for one in app.button if one.label in labels] == labels
    assert [one.label for one in app.button if one.label in labels and "primary" in one.proto.type] == labels[:1]


def test_a_permanently_terminated_customer_can_have_no_edit_and_no_status_change(desk_app):
    customer = a_customer(desk_app.engine, bill_status=BillStatus.PERMANENTLY_TERMINATED, balance=Decimal(40))
    app = the_page(desk_app, customer, Role.MANAGER)
    assert {one.label for one in app.button if one.disabled} == {"Change status", "Edit", "Record promise", "Tags"}
    assert "Nobody can undo it." in said(app)


@pytest.mark.parametrize("label", ["Change status", "Adjust balance", "Edit", "Note", "Record promise", "Legal hold"])
def test_a_button_opens_its_dialog(desk_app, label):
    app = the_page(desk_app, a_customer(desk_app.engine, customer_code="C-7"), Role.MANAGER)
    before = len(app.button)
    button(app, label).click()
    app.run()
    assert not app.exception
    assert len(app.button) > before or len(app.radio) > 0
    assert "C-7  ·" in said(app)


def test_the_timeline_shows_the_chosen_kinds(desk_app):
    customer = a_customer(desk_app.engine)
    a_note(desk_app.engine, customer, text="Called back.")
    assert "Created" not in said(the_page(desk_app, customer, kinds="Notes"))
    assert "Called back." in said(the_page(desk_app, customer, kinds="Notes"))


def test_one_goes_down_a_long_list_and_back_to_its_top(desk_app):
    customer = a_customer(desk_app.engine)
    for number in range(60):
        a_note(desk_app.engine, customer, text=f"note {number:02}.")
    app = the_page(desk_app, customer)
    assert "note 59." in said(app)
    button(app, "Older").click()
    app.run()
    assert "note 59." not in said(app)
    assert "note 00." in said(app)
    button(app, "Newest").click()
    app.run()
    assert "note 59." in said(app)


def test_a_clicked_payment_tells_what_it_was_used_for(desk_app):
    customer = a_customer(desk_app.engine)
    an_invoice(desk_app.engine, customer, number="INV-1", total=Decimal(100), paid=Decimal(40))
    app = the_page(desk_app, customer, tab="Balance & credits")
    app.session_state[f"ledger-{customer}"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    assert "what it was used for. Not used yet: 0.00 EUR." in said(app)
    assert any("INV-1" in frame.value.to_string() for frame in app.dataframe)


def test_a_clicked_invoice_tells_which_payments_went_to_it(desk_app):
    customer = a_customer(desk_app.engine)
    an_invoice(desk_app.engine, customer, number="INV-1", total=Decimal(100), paid=Decimal(40))
    app = the_page(desk_app, customer, tab="Invoices & taxation")
    app.session_state[f"invoices-{customer}"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    assert "Payments that went to invoice INV-1:" in said(app)
    (payments,) = [one.value for one in app.dataframe if "Paid on" in one.value]
    assert "40.00 EUR" in payments.to_string()


def test_one_account_is_no_plural(desk_app):
    customer = a_customer(desk_app.engine)
    an_account(desk_app.engine, customer)
    assert "1 account, 1 usable now." in said(the_page(desk_app, customer, tab="Accounts"))


def test_the_caller_is_told_to_be_copied_and_verified_for_colleagues(desk_app):
    customer = a_customer(
        desk_app.engine, company_name="Acme <b>", phone="+49 30 123456", email="ann@acme.example", customer_code="C-7"
    )
    app = the_page(desk_app, customer)
    told = caller_of(app)
    assert "Acme &lt;b&gt;" in told
    assert told.count("<button") == 3
    assert 'aria-label="Copy phone"' in told
    press(app, "Verify the caller")
    press(app, "The caller is verified")
    assert app.toast[0].value.replace("\\", "") == "C-7: the caller is verified, for 30 minutes."
    for role in (Role.MANAGER, Role.ANALYST):
        colleague = the_page(desk_app, customer, role)
        assert "Verified by " in said(colleague)
    assert "<button" not in caller_of(colleague)
    assert button(colleague, "Verify again").disabled


def caller_of(app: AppTest) -> str:
    return next(one.proto.body for one in app.get("html") if "<dl>" in one.proto.body)


def press(app: AppTest, label: str) -> None:
    button(app, label).click()
    app.run()


def test_one_line_says_what_the_balance_is_made_of(desk_app):
    customer = a_customer(desk_app.engine, balance=Decimal("7.005"))
    an_invoice(desk_app.engine, customer, total=Decimal(100))
    page = said(the_page(desk_app, customer))
    assert "To be paid now 100.00 EUR · owed, not due yet 0.00 EUR · not invoiced yet 7.005 EUR" in page
    assert "Balance: 107.005 EUR." in page
    assert "To be paid now" not in said(the_page(desk_app, a_customer(desk_app.engine)))  # nothing is made of nothing
