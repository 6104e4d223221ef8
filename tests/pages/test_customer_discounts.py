"""The tab Discounts and its dialogs, worked in as a person does."""

from datetime import timedelta
from decimal import Decimal

from data_access.base.clock import start_of, system_clock
from data_access.base.permissions import SYSTEM, Role
from data_access.commands.services.usage import RecordUsage
from data_access.models.plans.discounts import DiscountAssignment, Readiness
from data_access.store.access import Access, new_command_id
from tests.support.builders import a_customer, a_discount, a_discount_plan, today
from tests.support.forms import fill, press, said
from tests.support.tables import only
from tests.support.tabs import cells, choose, open_tab


def running(desk_app, **over):
    """A customer whose period runs."""
    days = {"period_from": today() - timedelta(days=5), "period_to": today() + timedelta(days=25)}
    return a_customer(desk_app.engine, **days, closes_at=start_of(today() + timedelta(days=26), "UTC"), **over)


def used(desk_app, customer, amount):
    order = RecordUsage(
        customer_id=customer, amount=Decimal(amount), service="Calls", at=system_clock(), reference=f"cdr-{amount}",
        command_id=new_command_id(),
    )  # fmt: skip
    Access(desk_app.engine, SYSTEM).execute(order)


def test_it_tells_what_has_counted_and_what_is_missing_to_the_next_threshold(desk_app):
    customer = running(desk_app)
    steps = [("Calls", "amount", "100", "5"), ("Calls", "amount", "500", "10"), ("Messages", "messages", "20", "3")]
    a_discount(desk_app.engine, customer, plan_id=a_discount_plan(desk_app.engine, *steps, name="Volume S"))
    used(desk_app, customer, 140)
    app = open_tab(desk_app, customer, "Discounts")
    table = cells(app)
    for words in ("Volume S", "140.00 EUR", "5 %", "10 % above 500.00 EUR", "360.00 EUR", "2.00 EUR", "20 messages"):
        assert words in table
    assert "when the billing period closes" in said(app)


def test_a_plan_is_assigned_and_taken_away(desk_app):
    customer = running(desk_app, customer_code="C-1")
    a_discount_plan(desk_app.engine, name="Draft", readiness=Readiness.DRAFT)
    app = press(open_tab(desk_app, customer, "Discounts", Role.SUPPORT), "Assign a plan")
    assert "No volume discount plan is in use in EUR." in said(app)
    plan = a_discount_plan(desk_app.engine, name="Volume S")
    app = press(open_tab(desk_app, customer, "Discounts", Role.SUPPORT), "Assign a plan")
    assert "Choose the plan." in said(press(app, "Assign"))
    app = fill(app, **{"Volume discount plan": str(plan)})
    assert "Calls: 10 % off above 100.00 EUR" in said(app)
    app = press(app, "Assign")
    assert "C-1 has the plan." in said(app)
    assert only(desk_app.engine, DiscountAssignment).started_on == today()
    app = press(choose(open_tab(desk_app, customer, "Discounts"), f"discounts-{customer}"), "Take away")
    app = press(app, "Take it away")
    assert "Volume S is taken away." in said(app)
    assert only(desk_app.engine, DiscountAssignment).ended_on == today()
    assert "Volume S" in cells(open_tab(desk_app, customer, "Audit"))


def test_without_a_plan_usage_is_charged_in_full_and_an_analyst_changes_nothing(desk_app):
    customer = running(desk_app)
    app = open_tab(desk_app, customer, "Discounts", Role.ANALYST)
    assert "This customer has no volume discount plan" in said(app)
    assign = next(one for one in app.button if one.label == "Assign a plan")
    assert (assign.disabled, assign.help.endswith("Support, a manager or an admin can.")) == (True, True)
