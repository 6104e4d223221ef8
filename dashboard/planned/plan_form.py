"""The form of a planned change: put it on another day, or cancel it."""

from datetime import date

import streamlit as st

from dashboard.kit.addresses.list_state import asked_number, params
from dashboard.kit.feedback import escape, show_done
from dashboard.kit.formats import day
from dashboard.kit.forms.forms import Form, just_saved
from dashboard.planned.planned_list import PLAN, close_plan
from data_access.base.permissions import Permission
from data_access.commands.customers.status import CancelPlan, MovePlan, plannable
from data_access.queries.planned.planned_moves import PlanAhead, PlanToChange
from data_access.store.access import Access

MOVE, CANCEL = "move_plan", "cancel_plan"


def plan_form(access: Access) -> None:
    """Draws the form for the plan in the address; nothing without one, or without the right."""
    wanted = "".join(params().get(PLAN, [])[:1])
    if not wanted or not access.actor.may(Permission.CUSTOMER_TERMINATE):
        return
    if any(just_saved(name, wanted) for name in (MOVE, CANCEL)):
        close_plan()
    show_done()
    plan_id = asked_number(PLAN)
    plan = access.fetch(PlanToChange(plan_id)) if plan_id else None
    if plan is None:
        st.info("The planned change of this address is over, or there is none.")
        return
    with st.container(border=True):
        _draw(access, plan)


def _draw(access: Access, row: PlanAhead) -> None:
    plan_id = row.plan_id
    st.markdown(f"**{escape(row.customer_code)}** {escape(row.name)}: {escape(row.says)}")
    moving, cancelling = Form(access, MOVE, plan_id), Form(access, CANCEL, plan_id)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=200):
            chosen = moving.day("due_on", "On the day", row.due_on, plannable(row.today))
        reason = moving.text("reason", "Reason")
    with st.container(horizontal=True):
        if st.button("Move it to this day", type="primary", key=moving.key("go")):
            _move(moving, row, chosen, reason)
        if st.button("Cancel the plan", key=cancelling.key("go")):
            order = CancelPlan(plan_id=plan_id, reason=reason, command_id=cancelling.command_id)
            cancelling.save(order, lambda _: f"{row.customer_code}: the planned change is cancelled.")
        st.button("Leave it", key=moving.key("leave"), on_click=_leave)


def _move(form: Form, row: PlanAhead, chosen: date | None, reason: str) -> None:
    if chosen is None:
        form.complain({"due_on": "Choose the day."})
        return
    order = MovePlan(plan_id=row.plan_id, due_on=chosen, reason=reason, command_id=form.command_id)
    form.save(order, lambda _: f"{row.customer_code}: planned for {day(chosen)} now.")


def _leave() -> None:
    st.query_params.pop(PLAN, None)
