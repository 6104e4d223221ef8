"""The form of a planned change: put it on another day, or cancel it."""

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from dashboard import reader
from dashboard.feedback import escape, show_done
from dashboard.formats import day
from dashboard.forms import Form, just_saved
from dashboard.listing import params
from dashboard.planned_list import PLAN, close_plan
from data_access.access import Access
from data_access.commands.status import CancelPlan, MovePlan
from data_access.permissions import Permission
from data_access.queries.planned import PlannedChange

MOVE, CANCEL = "move_plan", "cancel_plan"


def plan_form(access: Access, rows: Sequence[PlannedChange]) -> None:
    """Draws the form for the plan in the address; nothing without one, or without the right."""
    wanted = "".join(params().get(PLAN, [])[:1])
    if not wanted or not access.actor.may(Permission.CUSTOMER_TERMINATE):
        return
    if any(just_saved(access, name, wanted) for name in (MOVE, CANCEL)):
        close_plan()
    show_done()
    row = next((each for each in rows if str(each.told.plan_id) == wanted), None)
    if row is None:
        st.info("The planned change that the address names is not in this list: it is over, or further ahead.")
        return
    with st.container(border=True):
        _draw(access, row, int(wanted))


def _draw(access: Access, row: PlannedChange, plan_id: int) -> None:
    st.markdown(f"**{escape(row.customer_code)}** {escape(row.name)}: {escape(row.told.says)}")
    moving, cancelling = Form(access, MOVE, plan_id), Form(access, CANCEL, plan_id)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=200):
            chosen = moving.day("due_on", "On the day", row.told.on, earliest=reader.today(access) + timedelta(days=1))
        reason = moving.text("reason", "Reason")
    with st.container(horizontal=True):
        if st.button("Put it on this day", type="primary", key=moving.key("go")):
            _move(moving, row, plan_id, chosen, reason)
        if st.button("Cancel the plan", key=cancelling.key("go")):
            order = CancelPlan(plan_id=plan_id, reason=reason, command_id=cancelling.command_id)
            cancelling.save(order, lambda _: f"{row.customer_code}: the planned change is cancelled.")
        st.button("Leave it", key=moving.key("leave"), on_click=_leave)


def _move(form: Form, row: PlannedChange, plan_id: int, chosen: date | None, reason: str) -> None:
    if chosen is None:
        form.complain({"due_on": "Choose the day."})
        return
    order = MovePlan(plan_id=plan_id, due_on=chosen, reason=reason, command_id=form.command_id)
    form.save(order, lambda _: f"{row.customer_code}: planned for {day(chosen)} now.")


def _leave() -> None:
    st.query_params.pop(PLAN, None)
