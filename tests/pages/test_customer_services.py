"""The tabs Subscriptions and DIDs, and their dialogs, worked in as a person does."""

import re
from datetime import timedelta
from decimal import Decimal

from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.customers.status import ChangeStatus
from data_access.commands.services.services import ChangeSubscription
from data_access.models.money import Transaction
from data_access.models.numbers import Did
from data_access.models.services import Activation, ChargeModel, Subscription
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_customer, a_did, a_plan, a_reseller, a_subscription, an_account, today
from tests.support.forms import button, field, fill, labels, press, said
from tests.support.people import a_person, access_for
from tests.support.tables import only, rows
from tests.support.tabs import cells, choose, open_tab


def test_a_subscription_tells_fee_and_until_when_it_is_charged(desk_app):
    customer = a_customer(desk_app.engine)
    plan = a_plan(desk_app.engine, name="Fibre 100", fee=Decimal(40))
    a_subscription(desk_app.engine, customer, plan_id=plan, fee_percent=50)
    table = cells(open_tab(desk_app, customer, "Subscriptions"))
    for words in ("Fibre 100", "Active", "20.00 EUR", "40.00 EUR", "not yet"):
        assert words in table
    assert not re.search(r"\d\.\d{3}", table)  # a part of a fee is told as money


def test_a_subscription_is_added_by_choosing_a_plan_of_the_currency(desk_app):
    customer = a_customer(desk_app.engine, customer_code="C-1")
    fibre = a_plan(desk_app.engine, name="Fibre 100")
    a_plan(desk_app.engine, name="Dollar plan", currency="USD")
    app = press(open_tab(desk_app, customer, "Subscriptions", Role.SUPPORT), "Add a subscription")
    assert list(field(app, "Plan").options) == ["Fibre 100 · 29.90 EUR"]
    press(app, "Subscribe")
    assert "Choose the plan." in said(app)
    press(fill(app, Plan=str(fibre)), "Subscribe")
    assert only(desk_app.engine, Subscription).plan_id == fibre
    assert "C-1 is subscribed." in said(app)
    assert "Plan" not in labels(app)
    assert "Fibre 100" in cells(app)


def test_a_percentage_that_is_none_is_said_at_its_field_and_kept(desk_app):
    customer, plan = a_customer(desk_app.engine), a_plan(desk_app.engine)
    app = press(open_tab(desk_app, customer, "Subscriptions"), "Add a subscription")
    fill(app, Plan=str(plan), Periodic_fee_adjustment="discount", Percent="a lot")
    press(app, "Subscribe")
    assert "Give a whole number" in said(app)
    assert field(app, "Percent").value == "a lot"
    press(fill(app, Percent="101"), "Subscribe")
    assert "A discount is between 0 and 100 percent" in said(app)
    press(fill(app, Periodic_fee_adjustment="default"), "Subscribe")
    assert "The customer has no discount rate" in said(app)
    assert rows(desk_app.engine, Subscription) == []


def the_subscription(desk_app, button, **over):
    """Its dialog, opened from its row: change or finish."""
    customer = a_customer(desk_app.engine)
    made = a_subscription(desk_app.engine, customer, **over)
    app = choose(open_tab(desk_app, customer, "Subscriptions"), f"subscriptions-{customer}")
    return made, press(app, button)


def test_the_fee_of_a_subscription_is_changed(desk_app):
    _, app = the_subscription(desk_app, "Adjust fee")
    press(fill(app, Periodic_fee_adjustment="discount", Percent="20"), "Save")
    assert only(desk_app.engine, Subscription).fee_percent == 80


def test_a_change_over_someone_elses_is_refused_once_and_then_made_in_its_sight(desk_app):
    made, app = the_subscription(desk_app, "Adjust fee")
    fill(app, Periodic_fee_adjustment="discount", Percent="20")
    other = Access(desk_app.engine, a_person(desk_app.engine))
    other.execute(ChangeSubscription(subscription_id=made, version=1, fee_percent=50, command_id=new_command_id()))
    press(app, "Save")
    assert "was changed by someone else" in said(app)
    assert only(desk_app.engine, Subscription).fee_percent == 50
    press(app, "Save")
    assert only(desk_app.engine, Subscription).fee_percent == 80


def test_a_subscription_is_finished_on_a_day(desk_app):
    _, app = the_subscription(desk_app, "Close")
    press(fill(app, **{"Last day": today() + timedelta(days=5)}), "Close it")
    assert only(desk_app.engine, Subscription).finished_on == today() + timedelta(days=5)


def test_closing_before_the_minimum_term_warns_of_its_penalty_and_charges_it(desk_app):
    plan = a_plan(desk_app.engine, minimum_months=24, cancellation_penalty=Decimal(60))
    _, app = the_subscription(desk_app, "Close", plan_id=plan, activated_on=today() - timedelta(days=40))
    assert "closing before it costs a penalty of 60.00 EUR" in said(app)
    press(app, "Close it")
    assert only(desk_app.engine, Transaction).amount == 60
    press(app, "Keep")
    assert "a penalty that was charged is taken back" in said(app)
    press(app, "Keep it")
    assert [row.amount for row in rows(desk_app.engine, Transaction)] == [60, -60]


def test_a_pending_subscription_is_activated_by_hand(desk_app):
    plan = a_plan(desk_app.engine, activation=Activation.BY_HAND, charge_model=ChargeModel.AT_THE_END)
    _, app = the_subscription(desk_app, "Activate", plan_id=plan, activated_on=None)
    press(app, "Activate it")
    assert only(desk_app.engine, Subscription).activated_on == today()
    assert "Active" in cells(app)


def test_a_subscription_that_ended_can_only_be_looked_at(desk_app):
    customer = a_customer(desk_app.engine)
    a_subscription(desk_app.engine, customer, finished_on=today() - timedelta(days=5))
    app = choose(open_tab(desk_app, customer, "Subscriptions"), f"subscriptions-{customer}")
    assert {one.label for one in app.button if one.disabled} == {"Activate", "Adjust fee", "Close", "Keep"}
    assert "Closed" in cells(app)


def test_an_analyst_reads_who_can_add_a_subscription(desk_app):
    app = open_tab(desk_app, a_customer(desk_app.engine), "Subscriptions", Role.ANALYST)
    add = next(one for one in app.button if one.label == "Add a subscription")
    assert add.disabled
    assert add.help.endswith("Support, a manager or an admin can.")


def test_a_number_is_found_by_its_beginning_and_assigned(desk_app):
    customer = a_customer(desk_app.engine, customer_code="C-1")
    a_did(desk_app.engine, number="4930111")
    london = a_did(desk_app.engine, number="4420222", country="GB")
    app = press(open_tab(desk_app, customer, "DIDs"), "Assign a number")
    press(fill(app, **{"Begins with (optional)": "+44"}), "Assign")
    assert "Choose the number." in said(app)
    assert list(field(app, "Number").options) == ["4420222 · United Kingdom · 2.00 EUR"]
    press(fill(app, Number=str(london)), "Assign")
    assert "4420222 is held by C-1." in said(app)
    assert "4420222" in cells(app)


def test_a_reseller_s_person_is_told_who_can_assign_a_number(desk_app):
    own = a_reseller(desk_app.engine)
    a_did(desk_app.engine, number="4930111")
    app = desk_app.sign_in(reseller_id=own).run()
    app.switch_page("../pages/customer.py")
    app.query_params["id"], app.query_params["tab"] = str(a_customer(desk_app.engine, reseller_id=own)), "DIDs"
    page = said(press(app.run(), "Assign a number"))
    assert "support, a manager or an admin who sees all can assign one." in page
    assert "4930111" not in page


def test_a_number_is_released_and_its_fee_booked_until_yesterday(desk_app):
    customer = a_customer(desk_app.engine)
    a_did(desk_app.engine, customer, number="4930111", assigned_on=today() - timedelta(days=3))
    app = choose(open_tab(desk_app, customer, "DIDs"), f"dids-{customer}")
    press(press(app, "Release"), "Release it")
    assert only(desk_app.engine, Did).customer_id is None
    assert "4930111 is in the pool again." in said(app)
    assert all(row.kind == "did_fee" for row in rows(desk_app.engine, Transaction))


def test_a_number_is_put_on_an_account_then_frozen(desk_app):
    customer = a_customer(desk_app.engine)
    line = an_account(desk_app.engine, customer, account_code="line-1")
    a_did(desk_app.engine, customer, number="4930111")
    app = choose(open_tab(desk_app, customer, "DIDs"), f"dids-{customer}")
    assert "Not used" in cells(app)
    app = press(fill(press(app, "Put on an account"), Account=str(line)), "Save")
    assert "line-1" in cells(app)
    app = choose(app, f"dids-{customer}")
    app = press(fill(press(app, "Release"), Then="freeze"), "Release it")
    assert "4930111 is frozen." in said(app)


def test_a_number_of_the_provisionally_terminated_is_not_charged_and_that_is_said(desk_app):
    customer = a_customer(desk_app.engine, bill_status=BillStatus.PROVISIONALLY_TERMINATED)
    a_did(desk_app.engine, customer)
    assert "the vendor goes on charging us" in said(open_tab(desk_app, customer, "DIDs"))


def test_a_service_for_the_provisionally_terminated_is_refused_before_its_dialog(desk_app):
    customer = a_customer(desk_app.engine, bill_status=BillStatus.PROVISIONALLY_TERMINATED)
    add = button(open_tab(desk_app, customer, "Subscriptions"), "Add a subscription")
    assert add.disabled
    assert "The customer is provisionally terminated" in add.help


def test_a_service_for_who_left_meanwhile_is_refused_in_its_dialog(desk_app):
    customer = a_customer(desk_app.engine)
    plan = a_plan(desk_app.engine)
    app = press(open_tab(desk_app, customer, "Subscriptions"), "Add a subscription")
    order = ChangeStatus(
        customer_id=customer, move="provisionally_terminate", reason="asked", command_id=new_command_id()
    )
    access_for(desk_app.engine, Role.ADMIN).execute(order)
    press(fill(app, Plan=str(plan)), "Subscribe")
    assert "The customer is provisionally terminated" in said(app)
    assert field(app, "Plan").value == str(plan)
