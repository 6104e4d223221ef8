"""The dialogs of subscriptions: begin one, activate it, adjust its fee or move its start, close it."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, facts, finish, window
from dashboard.kit import formats
from dashboard.kit.forms import dialog_state, form_values
from dashboard.kit.forms.forms import Form
from data_access.base.errors import NotFound, Stale
from data_access.base.permissions import Permission
from data_access.base.text.labels import word
from data_access.commands.services.services import (
    ActivateSubscription,
    AddSubscription,
    ChangeSubscription,
    FinishSubscription,
    KeepSubscription,
)
from data_access.domain.billing.subscription_terms import (
    ADJUSTMENTS,
    adjustment_in_words,
    fee_percent_of,
    percent_of,
    read_adjustment,
    takes_percent,
)
from data_access.domain.entered.days_ahead import days_ahead
from data_access.queries.customers.customer import Head
from data_access.queries.services.services import PlanRow, Plans, SubscriptionRow, SubscriptionsOf
from data_access.store.access import Access

ADD, CHANGE, FINISH = "add_subscription", "change_subscription", "finish_subscription"
ACTIVATE, KEEP = "activate_subscription", "keep_subscription"
_NOT_BACK = "Days that have passed are charged as they were"
_ADJUSTED_HELP = "Where no discount is set, the discount rate of the customer applies, if Additional info has one."
_TAKEN_BACK = "It does not end before its minimum term any more: a penalty that was charged is taken back."
_PERCENT_HELP = "A discount of 100 percent makes the subscription free."


def _add(access: Access, head: Head) -> None:
    plans = {str(plan.plan_id): plan for plan in access.fetch(Plans(head.currency))}
    if not plans:
        who = access.actor.who_can(Permission.CLASS_EDIT).capitalize()
        st.info(f"No plan is offered in {head.currency}. {who} can add one.", icon=":material/info:")
        return
    form = Form(access, ADD, head.customer_id)
    plan = plans.get(form.choice("plan_id", "Plan", {key: _offer(plan) for key, plan in plans.items()}))
    if plan is not None:
        st.caption(_charged(plan))
    _ask_adjustment(form)
    form.day("started_on", "From", head.today, days_ahead(head.today, _NOT_BACK))
    st.caption("What the plan charges in advance is booked at once for the rest of the billing period.")
    form.text("reason", "Reason (optional)")
    finish(form, head, "Subscribe", lambda: _subscription(form, head), lambda _: f"{head.customer_code} is subscribed.")


def _offer(plan: PlanRow) -> str:
    return f"{plan.name} · {formats.exact_money(plan.fee, plan.currency)}"


def _charged(plan: PlanRow) -> str:
    suspended = "goes on" if plan.charge_while_suspended else "stops"
    return (
        f"Charged {word(plan.charge_model).lower()}, a billing period; active {word(plan.activation).lower()}. "
        f"While the customer is suspended the fee {suspended}."
    )


def _ask_adjustment(form: Form, row: SubscriptionRow | None = None) -> None:
    options = {one.value: words for one, words in ADJUSTMENTS.items()}
    start = row.adjustment.value if row else next(iter(options))
    chosen = form.choice("adjustment", "Periodic fee adjustment", options, start, help=_ADJUSTED_HELP)
    if takes_percent(chosen):
        percent = percent_of(row) if row and chosen == start else None
        form.text("fee_percent", "Percent", "" if percent is None else str(percent), help=_PERCENT_HELP)


def _adjusted(form: Form, row: SubscriptionRow | None = None) -> dict[str, Any]:
    """What the order says of the fee."""
    typed = form.typed.get("adjustment") or (row.adjustment.value if row else next(iter(ADJUSTMENTS)))
    adjustment, start = read_adjustment(typed), (percent_of(row) if row else None)
    percent = form_values.whole(form, "fee_percent", "" if start is None else start) if takes_percent(typed) else 0
    return {"adjustment": adjustment, "fee_percent": fee_percent_of(adjustment, percent)}


def _subscription(form: Form, head: Head) -> AddSubscription:
    return AddSubscription(
        customer_id=head.customer_id,
        plan_id=form_values.chosen(form, "plan_id", "Choose the plan."),
        started_on=form_values.day(form, "started_on", head.today),
        **_adjusted(form),
        reason=form.typed.get("reason", ""),
        command_id=form.command_id,
    )


def _the_row(access: Access, head: Head) -> SubscriptionRow:
    """The subscription that the dialog is about, as it stands now."""
    wanted = dialog_state.subject()
    for row in access.fetch(SubscriptionsOf(head.customer_id)):
        if row.subscription_id == wanted:
            return row
    raise NotFound("The subscription")


def _change(access: Access, head: Head) -> None:
    row = _the_row(access, head)
    form = Form(access, CHANGE, row.subscription_id)
    if not form.typed.get("#version"):
        form.keep({"#version": str(row.version)})
    _about(row)
    _ask_adjustment(form, row)
    if row.started_on > head.today:
        form.day("started_on", "From", row.started_on, days_ahead(head.today, _NOT_BACK))
    form.text("reason", "Reason (optional)")
    st.caption("A new fee applies from the next charge on; what is booked stays.")
    try:
        finish(form, head, "Save", lambda: _changed(form, row), lambda _: f"{row.name} is changed.")
    except Stale:
        form.keep({"#version": ""})  # the next click is made in sight of what the other person did
        raise


def _about(row: SubscriptionRow) -> None:
    facts(
        ("Plan", row.name),
        ("Fee a billing period", formats.exact_money(row.fee, row.currency)),
        ("Adjustment", adjustment_in_words(row)),
        ("Since", formats.day(row.started_on)),
        ("Charged until", formats.day(row.charged_until) if row.charged_until else "not yet"),
    )


def _changed(form: Form, row: SubscriptionRow) -> ChangeSubscription:
    return ChangeSubscription(
        subscription_id=row.subscription_id,
        version=int(form.typed["#version"]),
        **_adjusted(form, row),
        started_on=form_values.day(form, "started_on", row.started_on),
        reason=form.typed.get("reason", ""),
        command_id=form.command_id,
    )


def _activate(access: Access, head: Head) -> None:
    row = _the_row(access, head)
    form = Form(access, ACTIVATE, row.subscription_id)
    _about(row)
    st.caption("It is active from today. What the plan charges in advance is booked at once.")
    form.text("reason", "Reason (optional)")
    finish(form, head, "Activate it", lambda: _activated(form, row), lambda _: f"{row.name} is active.")


def _activated(form: Form, row: SubscriptionRow) -> ActivateSubscription:
    return ActivateSubscription(
        subscription_id=row.subscription_id, reason=form.typed.get("reason", ""), command_id=form.command_id
    )


def _finish(access: Access, head: Head) -> None:
    row = _the_row(access, head)
    form = Form(access, FINISH, row.subscription_id)
    _about(row)
    last = form.day("finished_on", "Last day", head.today, days_ahead(head.today, _NOT_BACK))
    st.caption("What was charged beyond the last day is credited when the billing period closes.")
    if row.term_ends_on is not None and (last or head.today) < row.term_ends_on:
        penalty = formats.exact_money(row.penalty, row.currency)
        st.warning(
            f"The minimum term ends on {formats.day(row.term_ends_on)}: closing before it costs a penalty of {penalty}."
        )
    elif _ends_early(row):
        st.info(_TAKEN_BACK)
    form.text("reason", "Reason (optional)")
    finish(form, head, "Close it", lambda: _finished(form, head, row), lambda _: f"{row.name} is closed.")


def _ends_early(row: SubscriptionRow) -> bool:
    """Whether its last day, as it is now, lies before the end of the minimum term."""
    return row.finished_on is not None and row.term_ends_on is not None and row.finished_on < row.term_ends_on


def _keep(access: Access, head: Head) -> None:
    row = _the_row(access, head)
    form = Form(access, KEEP, row.subscription_id)
    _about(row)
    st.caption("It has no last day any more. What the plan charges in advance is booked again at once.")
    if _ends_early(row):
        st.info(_TAKEN_BACK)
    form.text("reason", "Reason (optional)")
    finish(form, head, "Keep it", lambda: _kept(form, row), lambda _: f"{row.name} goes on.")


def _kept(form: Form, row: SubscriptionRow) -> KeepSubscription:
    return KeepSubscription(
        subscription_id=row.subscription_id, reason=form.typed.get("reason", ""), command_id=form.command_id
    )


def _finished(form: Form, head: Head, row: SubscriptionRow) -> FinishSubscription:
    return FinishSubscription(
        subscription_id=row.subscription_id,
        finished_on=form_values.day(form, "finished_on", head.today),
        reason=form.typed.get("reason", ""),
        command_id=form.command_id,
    )


DIALOGS: Mapping[str, Draw] = {
    ADD: window("Add a subscription", _add),
    CHANGE: window("Change a subscription", _change),
    ACTIVATE: window("Activate a subscription", _activate),
    FINISH: window("Close a subscription", _finish),
    KEEP: window("Keep a subscription", _keep),
}
