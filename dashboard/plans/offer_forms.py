"""The forms of subscription plans: add one, change what it charges and when."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import streamlit as st

from dashboard.kit import feedback
from dashboard.kit.addresses import page_params
from dashboard.kit.forms import edit_conflicts
from dashboard.kit.forms.forms import Form, just_saved
from dashboard.kit.forms.sight import YES
from dashboard.plans.offer_list import label
from data_access.base.errors import Invalid, NotFound
from data_access.base.money import CURRENCIES, decimals_of
from data_access.commands.services.plans import ACTIVATIONS, CHARGE_MODELS, FLAGS, AddPlan, ChangePlan, read_terms
from data_access.queries.services.services import PlanRow, Plans
from data_access.store.access import Access

ADD, CHANGE = "add_plan", "change_plan"
_TEXTS = ("name", "public_name", "fee", "charge_model", "activation")
_LABELS = {name: label(name) for name in (*_TEXTS, *FLAGS)}
_FIRST = {name: next(iter(words)) for name, words in (("charge_model", CHARGE_MODELS), ("activation", ACTIVATIONS))}
_EMPTY = dict.fromkeys(_LABELS, "") | _FIRST | {"charge_while_suspended": YES, "is_offered": YES}
_HELP = {
    "public_name": "Shown on invoices.",
    "fee": "For a whole billing period; part of one is charged by its share of the days. 0 charges nothing.",
    "charge_while_suspended": "Without it no fee is charged for days on which the customer is suspended.",
    "credit_suspended": "The fee is charged, and given back for these days when the billing period closes.",
    "credit_blocked": "The fee is charged, and given back for these days when the billing period closes.",
    "credit_no_funds": "Prepaid customers: the fee is given back for days on which their funds were used up.",
    "is_offered": "Without it nobody new can be subscribed; existing subscriptions stay.",
}
_CHARGED = (
    "The whole period's fee, when the period begins.",
    "Day by day, for days that have passed.",
    "The whole period's fee, when the period has ended.",
)
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
    typed = _fields(form, _EMPTY)
    currency = form.choice("currency", label("currency"), {code: code for code in CURRENCIES})
    with st.container(horizontal=True):
        if st.button("Add the plan", type="primary", key=form.key("go")):
            _add(form, typed, currency)
        form.offer_start_over()


def _add(form: Form, typed: Mapping[str, str], currency: str) -> None:
    try:
        order = AddPlan(terms=read_terms(typed), currency=currency, command_id=form.command_id)
    except Invalid as wrong:
        form.complain(wrong.complaints)
    else:
        form.save(order, lambda _: f"{typed['name'].strip()} is added: customers can be subscribed.")


def change(access: Access, plan: PlanRow) -> None:
    """Changes a plan, whoever else does at the same time."""
    form = Form(access, CHANGE, plan.plan_id)
    since = edit_conflicts.basis(form, _basis_of(plan))
    holds = edit_conflicts.choices(form, _LABELS, _word)
    st.caption(_FROM_NOW)
    typed = _fields(form, since.shown)
    edit = edit_conflicts.Edit(since, holds, edit_conflicts.changes(typed, since, holds))
    with st.container(horizontal=True):
        if st.button("Save the plan", type="primary", key=form.key("save")):
            _change(form, plan, edit)
        st.button("Close", key=form.key("close"), on_click=page_params.stop_changing)
        form.offer_start_over()


def _change(form: Form, plan: PlanRow, edit: edit_conflicts.Edit) -> None:
    try:
        terms = read_terms(edit.whole)
    except Invalid as wrong:
        form.complain(wrong.complaints)
        return
    order = ChangePlan(plan_id=plan.plan_id, version=edit.since.version, terms=terms, command_id=form.command_id)
    said = f"{terms.name.strip()} is saved."
    edit_conflicts.save(form, order, lambda _: said, edit, lambda: _current(form.access, plan))


def _fields(form: Form, shown: Mapping[str, str]) -> dict[str, str]:
    typed = {}
    for name, column in zip(("name", "public_name", "fee"), st.columns(3), strict=True):
        with column:
            typed[name] = form.text(name, _LABELS[name], shown[name], help=_HELP.get(name))
    left, right = st.columns(2)
    with left:
        model = form.one_of(
            "charge_model", _LABELS["charge_model"], CHARGE_MODELS, shown["charge_model"], captions=_CHARGED
        )
        begin = form.one_of("activation", _LABELS["activation"], ACTIVATIONS, shown["activation"], horizontal=True)
    with right:
        ticked = {flag: form.check(flag, _LABELS[flag], shown[flag], help=_HELP[flag]) for flag in FLAGS}
    flags = {flag: YES if is_on else "" for flag, is_on in ticked.items()}
    return typed | {"charge_model": model, "activation": begin} | flags


def _word(name: str, text: str) -> str:
    if name in FLAGS:
        return "yes" if text else "no"
    return CHARGE_MODELS.get(text) or ACTIVATIONS.get(text) or text


def _basis_of(plan: PlanRow) -> edit_conflicts.Basis:
    shown = {name: str(getattr(plan, name)) for name in ("name", "public_name", "charge_model", "activation")}
    flags = {flag: YES if getattr(plan, flag) else "" for flag in FLAGS}
    return edit_conflicts.Basis(plan.version, shown | flags | {"fee": _typed(plan.fee, plan.currency)})


def _typed(fee: Decimal, currency: str) -> str:
    """The fee as one would type it: at the currency's decimals, or all that it has."""
    rounded = fee.quantize(Decimal(1).scaleb(-decimals_of(currency)))
    return f"{rounded if rounded == fee else fee.normalize():f}"


def _current(access: Access, plan: PlanRow) -> edit_conflicts.Basis:
    """What stands there now, for the form that was overtaken."""
    now = next((each for each in access.fetch(Plans()) if each.plan_id == plan.plan_id), None)
    if now is None:
        raise NotFound("The plan")
    return _basis_of(now)
