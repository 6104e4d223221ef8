"""The forms of a customer class: its terms for one kind of invoices, and its parameters."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from dashboard.classes import class_timeline
from dashboard.classes.class_changes import followed
from dashboard.classes.class_fields import POLICY_LABELS, ask, reads
from dashboard.kit.addresses import page_params
from dashboard.kit.feedback import escape, show_done
from dashboard.kit.formats import number
from dashboard.kit.forms import edit_conflicts, section_form
from dashboard.kit.forms.forms import Form, just_saved
from data_access.base.errors import Invalid
from data_access.commands.classes.classes import EditClass
from data_access.commands.classes.policies import SetPolicy
from data_access.domain.collections.policy import POLICY_FIELDS
from data_access.domain.collections.terms import read_policy, typed
from data_access.domain.sections import CLASS_GROUPS, CUSTOMER_CLASS
from data_access.queries.classes.policies import ClassPolicies, ClassTerms, Version
from data_access.queries.records.record_names import RecordNames
from data_access.queries.services.tariffs import TariffChoices
from data_access.store.access import Access

TERMS, PARAMETERS = "set_policy", "set_class"
_GROUPS = [replace(group, fields=tuple(field for field in group if not field.fixed)) for group in CLASS_GROUPS]
_SAVED = "The terms are saved. They apply to invoices issued from now on."
_FROM_NOW = "Changes apply to invoices issued from now on. Existing invoices keep the terms they were issued under."


def told(of_class: ClassTerms) -> None:
    """What was saved in the run before: said, and its form is closed."""
    subjects = [(TERMS, _subject(of_class, each)) for each in of_class.current.values()]
    for name, subject in [*subjects, (PARAMETERS, str(of_class.class_id))]:
        if just_saved(name, subject):
            page_params.stop_changing()
    show_done()


def _subject(of_class: ClassTerms, current: Version) -> str:
    return f"{of_class.class_id}-{current.section}"


def terms(access: Access, of_class: ClassTerms, current: Version) -> None:
    """The terms of one kind of invoices; beside the fields, the timeline that they make."""
    form = Form(access, TERMS, _subject(of_class, current))
    since = edit_conflicts.basis(form, _basis_of_terms(current))
    holds = edit_conflicts.choices(form, POLICY_LABELS, reads)
    st.caption(_FROM_NOW)
    left, right = st.columns(2, gap="medium")
    with left:
        entered = ask(form, since.shown)
    with right:
        _preview(of_class, current, entered)
    edit = edit_conflicts.Edit(since, holds, edit_conflicts.changes(entered, since, holds))
    order = SetPolicy(
        customer_class_id=of_class.class_id, section=current.section, number=since.version, typed=edit.changes,
        command_id=form.command_id,
    )  # fmt: skip
    with st.container(horizontal=True):
        if st.button("Save the terms", type="primary", key=form.key("save")):
            edit_conflicts.save(form, order, lambda _: _SAVED, edit, lambda: _current(form))
        _leave(form)


def parameters(access: Access, of_class: ClassTerms) -> None:
    """Everything about a class but its terms."""
    form = Form(access, PARAMETERS, of_class.class_id)
    lists = lists_of(access, of_class)
    since, holds = section_form.opened(form, CUSTOMER_CLASS, _basis_of_class(of_class), lists)
    entered: dict[str, str] = {}
    for group in _GROUPS:
        st.subheader(escape(group.title), anchor=False)
        entered |= section_form.fields(form, group, {**since.shown, **entered}, lists=lists)
    edit = section_form.to_save(since, holds, entered)
    followed(access, of_class, edit.changes)
    order = EditClass(
        customer_class_id=of_class.class_id, version=since.version, shown=since.shown, changes=edit.changes,
        command_id=form.command_id,
    )  # fmt: skip
    with st.container(horizontal=True):
        if st.button("Save the class", type="primary", key=form.key("save")):
            edit_conflicts.save(form, order, lambda _: "The class is saved.", edit, lambda: _current(form))
        _leave(form)


def lists_of(access: Access, of_class: ClassTerms) -> section_form.Lists:
    """The records that parameters of the class are chosen from."""
    tariffs = access.fetch(TariffChoices(of_class.currency or ""))
    others = access.fetch(RecordNames(CUSTOMER_CLASS.name))
    return {**others, "tariffs": {str(one.tariff_id): one.says for one in tariffs}}


def _leave(form: Form) -> None:
    st.button(
        "Close", key=form.key("close"), on_click=page_params.stop_changing, help="What you typed is kept as a draft."
    )
    form.offer_start_over()


def _current(form: Form) -> edit_conflicts.Basis:
    """What stands there now, for the form that was overtaken."""
    class_id, _, section = form.subject.partition("-")
    of_class = form.access.fetch(ClassPolicies(int(class_id)))
    if not section:
        return _basis_of_class(of_class)
    return _basis_of_terms(next(each for each in of_class.current.values() if each.section == section))


def _basis_of_terms(current: Version) -> edit_conflicts.Basis:
    shown = {name: typed(getattr(current.policy, name)) for name in POLICY_FIELDS}
    return edit_conflicts.Basis(current.number, shown)


def _basis_of_class(of_class: ClassTerms) -> edit_conflicts.Basis:
    return edit_conflicts.Basis(of_class.version, of_class.typed)


def _preview(of_class: ClassTerms, current: Version, entered: Mapping[str, str]) -> None:
    """The timeline as it would be; what cannot be read yet is said in its place."""
    try:
        policy = read_policy(entered, current.policy)
    except Invalid as wrong:
        st.info(f"The timeline is drawn again when {number(len(wrong.complaints))} of the fields can be read.")
        return
    window = int(of_class.typed["reactivation_window_days"])
    class_timeline.draw(policy, window, of_class.currency, of="As typed")
