"""The forms of subscription plans: add one, change what it charges and when."""

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.kit import feedback
from dashboard.kit.addresses import page_params
from dashboard.kit.forms import edit_conflicts, section_form
from dashboard.kit.forms.forms import Form, just_saved
from data_access.base.errors import Invalid, NotFound
from data_access.commands.services.plans import AddPlan, ChangePlan, read_terms
from data_access.domain.sections import PLAN
from data_access.fields.kinds import TICK
from data_access.queries.services.services import PlanRow, Plans
from data_access.store.access import Access

ADD, CHANGE = "add_plan", "change_plan"
_FLAGS = [field.name for field in PLAN if field.kind is TICK]
_TERM = ("minimum_months", "cancellation_penalty")
_LAYOUT = (("name", "public_name", "fee"), _TERM, (("charge_model", "activation"), _FLAGS))
_FROM_NOW = "What is charged already stays; a new fee applies from the next charge on, to all who are subscribed."


def told(plans: Sequence[PlanRow]) -> None:
    """What was saved in the run before: said, and its form is closed."""
    just_saved(ADD)
    if any(just_saved(CHANGE, plan.plan_id) for plan in plans):
        page_params.stop_changing()
    feedback.show_done()


def add(access: Access) -> None:
    """Adds a plan; its currency is chosen for good."""
    form = Form(access, ADD)
    typed = section_form.fields(form, PLAN, PLAN.unwritten(), layout=(*_LAYOUT, ("currency",)))
    with st.container(horizontal=True):
        if st.button("Add the plan", type="primary", key=form.key("go")):
            _add(form, typed)
        form.offer_start_over()


def _add(form: Form, typed: Mapping[str, str]) -> None:
    try:
        order = AddPlan(terms=read_terms(typed), currency=typed["currency"], command_id=form.command_id)
    except Invalid as wrong:
        form.complain(wrong.complaints)
    else:
        form.save(order, lambda _: f"{typed['name'].strip()} is added: customers can be subscribed.")


def change(access: Access, plan: PlanRow) -> None:
    """Changes a plan, whoever else does at the same time."""
    form = Form(access, CHANGE, plan.plan_id)
    st.caption(_FROM_NOW)
    edit = section_form.edit(form, PLAN, _basis_of(plan), layout=_LAYOUT)
    with st.container(horizontal=True):
        if st.button("Save the plan", type="primary", key=form.key("save")):
            _change(form, plan, edit)
        st.button("Close", key=form.key("close"), on_click=page_params.stop_changing)
        form.offer_start_over()


def _change(form: Form, plan: PlanRow, edit: edit_conflicts.Edit) -> None:
    order = ChangePlan(
        plan_id=plan.plan_id, version=edit.since.version, shown=edit.since.shown, changes=edit.changes,
        command_id=form.command_id,
    )  # fmt: skip
    said = f"{edit.whole['name'].strip()} is saved."
    edit_conflicts.save(form, order, lambda _: said, edit, lambda: _current(form.access, plan))


def _basis_of(plan: PlanRow) -> edit_conflicts.Basis:
    return edit_conflicts.Basis(plan.version, PLAN.typed(PLAN.values(plan)))


def _current(access: Access, plan: PlanRow) -> edit_conflicts.Basis:
    """What stands there now, for the form that was overtaken."""
    now = next((each for each in access.fetch(Plans()) if each.plan_id == plan.plan_id), None)
    if now is None:
        raise NotFound("The plan")
    return _basis_of(now)
