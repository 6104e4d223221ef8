"""Subscription plans: seen by those who read classes, changed by an administrator."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest

from data_access.base.clock import system_clock
from data_access.base.permissions import Role
from data_access.base.statuses import BillStatus
from data_access.commands.services.plans import ChangePlan, PlanTerms
from data_access.models.services import Activation, ChargeModel, SubscriptionPlan
from data_access.queries.services.plans import PlansInUse
from data_access.store.access import new_command_id
from tests.support.builders import a_customer, a_plan, a_subscription
from tests.support.forms import field, fill, labels, press, said
from tests.support.people import access_for
from tests.support.tables import only

AS_BUILT = PlanTerms(name="Fibre", public_name="Internet", fee=Decimal("29.90"))


def table(app: AppTest) -> Any:
    return next(one.value for one in app.dataframe if "Plan" in one.value.columns)


def opened(desk_app: Any, role: Role = Role.ADMIN, **address: str) -> AppTest:
    app: AppTest = desk_app.open("subscription_plans", role, **address)
    assert not app.exception
    return app


def of_change(app: AppTest, label: str) -> Any:
    """A field of the form that changes a plan; the one that adds has the same labels."""
    fields = [*app.text_input, *app.radio, *app.checkbox]
    return next(one for one in fields if one.label == label and one.key.startswith("change_plan"))


def meanwhile(engine: Engine, plan_id: int, **terms: Any) -> None:
    order = ChangePlan(plan_id=plan_id, version=1, terms=replace(AS_BUILT, **terms), command_id=new_command_id())
    access_for(engine, Role.ADMIN).execute(order)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.MANAGER, Role.ADMIN])
def test_the_list_says_every_option_in_words(desk_app: Any, role: Role) -> None:
    engine = desk_app.engine
    a_plan(
        engine, name="Fibre", public_name="Fast *internet*", charge_model=ChargeModel.AT_THE_END,
        activation=Activation.ON_FIRST_USE, credit_suspended=True, credit_no_funds=True, fee=Decimal("29.955"),
    )  # fmt: skip
    a_plan(engine, name="Old", charge_while_suspended=False, is_offered=False, fee=Decimal(5), currency="USD")
    assert table(opened(desk_app, role)).to_numpy().tolist() == [
        ["Fibre", "Fast *internet*", "29.955 EUR", "At the end", "On first use", "charged", "suspended, without funds",
         "Yes", "0"],
        ["Old", "Internet", "5.00 USD", "In advance", "On start", "not charged", "none", "No", "0"],
    ]  # fmt: skip


def test_without_a_plan_the_page_says_so(desk_app: Any) -> None:
    app = opened(desk_app, Role.MANAGER)
    assert "There is no subscription plan yet." in said(app)
    assert not app.dataframe


def test_customers_are_counted_once_while_a_subscription_of_theirs_runs(desk_app: Any) -> None:
    engine, today = desk_app.engine, system_clock().date()
    plan_id, other = a_plan(engine), a_plan(engine)
    twice, finished, gone = (a_customer(engine) for _ in range(2)), a_customer(engine), a_customer(
        engine, bill_status=BillStatus.PERMANENTLY_TERMINATED
    )  # fmt: skip
    for customer_id in twice:
        a_subscription(engine, customer_id, plan_id=plan_id)
        a_subscription(engine, customer_id, plan_id=plan_id, finished_on=today)
    a_subscription(engine, finished, plan_id=other, finished_on=today - timedelta(days=1))
    a_subscription(engine, gone, plan_id=plan_id)
    assert access_for(engine, Role.ANALYST, now=system_clock()).fetch(PlansInUse()) == {plan_id: 2}


def test_a_subscription_runs_until_its_last_day_has_ended_where_the_customer_is_billed(engine: Engine) -> None:
    plan_id, last = a_plan(engine), date(2026, 3, 16)
    for zone in ("Pacific/Honolulu", "UTC", "Pacific/Auckland"):
        a_subscription(engine, a_customer(engine, billing_zone=zone), plan_id=plan_id, finished_on=last)
    noon, night = datetime(2026, 3, 16, 12, tzinfo=UTC), datetime(2026, 3, 17, 2, tzinfo=UTC)
    asked = [access_for(engine, Role.ANALYST, now=now).fetch(PlansInUse()) for now in (noon, night)]
    assert asked == [{plan_id: 2}, {plan_id: 1}]


def test_the_number_of_its_customers_leads_to_them(desk_app: Any) -> None:
    engine = desk_app.engine
    customer_id = a_customer(engine, customer_code="K-1")
    a_customer(engine, customer_code="K-2")
    a_subscription(engine, customer_id, plan_id=a_plan(engine, name="Fibre | 100.5"))
    app = opened(desk_app, Role.ANALYST)
    assert list(table(app)["Customers"]) == ["1"]
    app.session_state["offers-Customers"] = {"row": 0, "label": "1"}
    app.run()
    assert app.title[0].value == "Advanced search"
    assert list(app.dataframe[0].value["Customer ID"]) == ["K-1"]


def test_a_plan_is_added(desk_app: Any) -> None:
    app = fill(opened(desk_app), Plan="Fibre 100", Name_for_the_customer="Internet", Fee_a_billing_period="39.90")
    fill(app, Charged="progressively", Charged_while_suspended=False, Days_blocked_are_credited=True, Currency="EUR")
    press(app, "Add the plan")
    plan = only(desk_app.engine, SubscriptionPlan)
    assert (plan.name, plan.fee, plan.currency, plan.charge_model) == (
        "Fibre 100", Decimal("39.90"), "EUR", ChargeModel.PROGRESSIVELY
    )  # fmt: skip
    assert (plan.charge_while_suspended, plan.credit_blocked, plan.is_offered) == (False, True, True)
    assert "Fibre 100 is added" in said(app)


def test_everything_that_is_wrong_is_said_at_once_and_what_was_typed_stays(desk_app: Any) -> None:
    app = press(fill(opened(desk_app), Fee_a_billing_period="a lot", Plan="Fibre"), "Add the plan")
    assert "Give the name." in said(app)
    assert "Look at: Name for the customer, Fee a billing period, Currency." in said(app)
    fill(app, Fee_a_billing_period="-1", Name_for_the_customer="Internet")
    press(app, "Add the plan")
    assert "A fee cannot be negative" in said(app)
    assert "Choose the currency from the list." in said(app)
    assert field(app, "Plan").value == "Fibre"


def test_a_click_on_a_name_opens_the_form_and_saving_closes_it(desk_app: Any) -> None:
    plan_id = a_plan(desk_app.engine, name="Fibre")
    app = opened(desk_app)
    app.session_state["offers-Plan"] = {"row": 0, "label": "Fibre"}
    app.run()
    assert app.query_params["change"] == str(plan_id)
    assert of_change(app, "Fee a billing period").value == "29.90"
    of_change(app, "Fee a billing period").set_value("31").run()
    of_change(app, "Offered").set_value(False).run()
    press(app, "Save the plan")
    plan = only(desk_app.engine, SubscriptionPlan)
    assert (plan.fee, plan.is_offered, plan.version) == (31, False, 2)
    assert "Fibre is saved." in said(app)
    assert "change" not in app.query_params


def test_nothing_changed_is_said(desk_app: Any) -> None:
    app = opened(desk_app, change=str(a_plan(desk_app.engine)))
    assert "Nothing was changed" in said(press(app, "Save the plan"))


def test_two_people_choose_field_by_field(desk_app: Any) -> None:
    plan_id = a_plan(desk_app.engine, name="Fibre")
    app = opened(desk_app, change=str(plan_id))
    of_change(app, "Charged while suspended").set_value(False).run()
    of_change(app, "Fee a billing period").set_value("31").run()
    meanwhile(desk_app.engine, plan_id, fee=Decimal(35), public_name="Net")
    press(press(app, "Save the plan"), "Save the plan")
    assert "Choose which one to keep." in said(app)
    next(one for one in app.radio if "Theirs" in str(one.options)).set_value("theirs").run()
    press(app, "Save the plan")
    plan = only(desk_app.engine, SubscriptionPlan)
    assert (plan.fee, plan.public_name, plan.charge_while_suspended) == (35, "Net", False)


@pytest.mark.parametrize("role", [Role.ANALYST, Role.MANAGER])
def test_those_who_only_look_are_offered_no_change_and_told_who_can(desk_app: Any, role: Role) -> None:
    app = opened(desk_app, role, change=str(a_plan(desk_app.engine)))
    assert "You can look; an admin can change them." in said(app)
    assert labels(app) == []


def test_support_is_told_who_can_look(desk_app: Any) -> None:
    assert "An analyst, a manager or an admin can." in said(opened(desk_app, Role.SUPPORT))
