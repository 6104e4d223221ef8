"""The dialogs of the life cycle: another billing period, and a planned status change on another day or not at all."""

from collections.abc import Mapping

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, facts, finish, window
from dashboard.kit import formats
from dashboard.kit.forms import dialog_state
from dashboard.kit.forms.forms import Form
from data_access.base.clock import from_day
from data_access.base.errors import Invalid, NotFound
from data_access.base.text.labels import word
from data_access.commands.billing.periods import ChangeBillingPeriod
from data_access.commands.customers.status import CancelPlan, MovePlan, plannable
from data_access.domain.billing.periods import COUNTED
from data_access.domain.sections import TOP_FIELDS
from data_access.queries.customers.billing_terms import BillingTermsOf
from data_access.queries.customers.customer import Head
from data_access.queries.planned.planned_moves import PlanAhead, PlanToChange
from data_access.store.access import Access

PERIOD, MOVE, CANCEL = "change_billing_period", "move_own_plan", "cancel_own_plan"
_KIND = TOP_FIELDS["billing_period"]
_EARLIER = "The running billing period ends before it."


def _period(access: Access, head: Head) -> None:
    form = Form(access, PERIOD, head.customer_id)
    terms = access.fetch(BillingTermsOf(head.customer_id))
    earliest = terms.next_billing_on or head.today
    facts(("Billing period", word(terms.period)), ("Next billing date", formats.day(earliest)))
    start = (terms.next_period or terms.period).value
    chosen = form.choice(_KIND.name, _KIND.label, _KIND.options, start) or start
    is_counted, on = chosen in COUNTED and chosen != terms.period, None
    if is_counted:
        on = form.day("change_on", "Billing change date", terms.change_on or earliest, from_day(earliest, _EARLIER))
        st.caption(
            "It is counted from this day. Until the day before, the present period goes on, for its share of fees."
        )
    elif chosen != terms.period:
        st.caption(f"It begins on {formats.day(earliest)}, when the running one has ended.")

    def order() -> ChangeBillingPeriod:
        return ChangeBillingPeriod(
            customer_id=head.customer_id, billing_period=_KIND.read(chosen), change_on=on,
            command_id=form.command_id,
        )  # fmt: skip

    said = f"From {formats.day(on or earliest)} on billed {_KIND.options[chosen].lower()}."
    finish(form, head, "Save", order, lambda _: said if chosen != terms.period else "The billing period stays.")


def _plan(access: Access) -> PlanAhead:
    plan = access.fetch(PlanToChange(dialog_state.subject()))
    if plan is None:
        raise NotFound("The planned change")
    return plan


def _move(access: Access, head: Head) -> None:
    plan = _plan(access)
    form = Form(access, MOVE, plan.plan_id)
    facts(("Planned", plan.says), ("On", formats.day(plan.due_on)))
    on = form.day("due_on", "On the day", plan.due_on, plannable(plan.today))
    reason = form.text("reason", "Reason")

    def order() -> MovePlan:
        if on is None:
            raise Invalid({"due_on": "Choose the day."})
        return MovePlan(plan_id=plan.plan_id, due_on=on, reason=reason, command_id=form.command_id)

    finish(form, head, "Move it to this day", order, lambda _: f"Planned for {formats.day(on or plan.due_on)} now.")


def _cancel(access: Access, head: Head) -> None:
    plan = _plan(access)
    form = Form(access, CANCEL, plan.plan_id)
    facts(("Planned", plan.says), ("On", formats.day(plan.due_on)))
    reason = form.text("reason", "Reason")
    order = CancelPlan(plan_id=plan.plan_id, reason=reason, command_id=form.command_id)
    finish(form, head, "Cancel it", lambda: order, lambda _: "The planned change is cancelled.")


DIALOGS: Mapping[str, Draw] = {
    PERIOD: window("Change the billing period", _period),
    MOVE: window("Move a planned change", _move),
    CANCEL: window("Cancel a planned change", _cancel),
}
