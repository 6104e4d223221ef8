"""The dialogs of volume discounts: assign a plan to the customer, remove it."""

from collections.abc import Mapping
from decimal import Decimal

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, facts, finish, window
from dashboard.kit import formats
from dashboard.kit.forms import dialog_state, form_values
from dashboard.kit.forms.forms import Form
from data_access.base.errors import NotFound
from data_access.base.permissions import Permission
from data_access.commands.services.discounts import AssignDiscountPlan, TakeDiscountPlanAway
from data_access.domain.billing.volume_discounts import Rule, percent_in_words, read_rules
from data_access.domain.entered.days_ahead import days_ahead
from data_access.domain.usage.quotas import said
from data_access.queries.customers.customer import Head
from data_access.queries.services.discounts import DiscountPlansOffered, DiscountRow, DiscountsOf
from data_access.store.access import Access

ASSIGN, TAKE_AWAY = "assign_discount_plan", "take_discount_plan_away"
_NOT_BACK = "What was used before is charged as it was"


def measured(counted: Decimal, unit: str | None, currency: str) -> str:
    """An amount, or a quantity in its unit."""
    return formats.exact_money(counted, currency) if unit is None else said(counted, unit)


def _assign(access: Access, head: Head) -> None:
    plans = {str(plan.plan_id): plan for plan in access.fetch(DiscountPlansOffered(head.currency))}
    if not plans:
        who = access.actor.who_can(Permission.CLASS_EDIT).capitalize()
        st.info(f"No volume discount plan is in use in {head.currency}. {who} can add one.", icon=":material/info:")
        return
    form = Form(access, ASSIGN, head.customer_id)
    plan = plans.get(form.choice("plan_id", "Volume discount plan", {key: one.name for key, one in plans.items()}))
    for rule in read_rules(plan.rules) if plan else ():
        st.text(_in_words(rule, head.currency))
    form.day("started_on", "From", head.today, days_ahead(head.today, _NOT_BACK))
    st.caption("Usage from that day on counts; the thresholds begin again with each billing period.")
    form.text("reason", "Reason (optional)")
    finish(form, head, "Assign", lambda: _assigned(form, head), lambda _: f"{head.customer_code} has the plan.")


def _in_words(rule: Rule, currency: str) -> str:
    tiers = (
        f"{percent_in_words(tier.percent)} off above {measured(tier.above, rule.unit, currency)}" for tier in rule.tiers
    )
    return f"{rule.service}: {', '.join(tiers)}"


def _assigned(form: Form, head: Head) -> AssignDiscountPlan:
    return AssignDiscountPlan(
        customer_id=head.customer_id,
        plan_id=form_values.chosen(form, "plan_id", "Choose the plan."),
        started_on=form_values.day(form, "started_on", head.today),
        reason=form.typed.get("reason", ""),
        command_id=form.command_id,
    )


def _take_away(access: Access, head: Head) -> None:
    wanted = dialog_state.subject()
    rows = access.fetch(DiscountsOf(head.customer_id))
    row = next((one for one in rows if one.discount_id == wanted), None)
    if row is None:
        raise NotFound("The volume discount")
    form = Form(access, TAKE_AWAY, row.discount_id)
    facts(("Plan", row.name), ("Counts from", formats.day(row.started_on)))
    form.day("ended_on", "Last day that counts", head.today, days_ahead(head.today, _NOT_BACK))
    st.caption("What has counted by then is still discounted when the billing period closes.")
    form.text("reason", "Reason (optional)")
    finish(form, head, "Take it away", lambda: _taken(form, head, row), lambda _: f"{row.name} is taken away.")


def _taken(form: Form, head: Head, row: DiscountRow) -> TakeDiscountPlanAway:
    return TakeDiscountPlanAway(
        discount_id=row.discount_id,
        ended_on=form_values.day(form, "ended_on", head.today),
        reason=form.typed.get("reason", ""),
        command_id=form.command_id,
    )


DIALOGS: Mapping[str, Draw] = {
    ASSIGN: window("Assign a volume discount plan", _assign),
    TAKE_AWAY: window("Take the volume discount plan away", _take_away),
}
