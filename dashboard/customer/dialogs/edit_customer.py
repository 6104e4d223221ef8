"""The dialog Edit customer: what two people change at once is merged, or chosen field by field."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from dashboard.customer import customer_fields
from dashboard.customer.dialogs.outcome import shown_if_changed
from dashboard.kit import context, feedback
from dashboard.kit.addresses import page_params
from dashboard.kit.forms import dialog_state, edit_conflicts, section_form
from dashboard.kit.forms.edit_conflicts import Basis, Edit
from dashboard.kit.forms.forms import Form
from data_access.base.permissions import Permission, who_can
from data_access.commands.customers.customers import EditCustomer
from data_access.domain.field_labels import LABELS
from data_access.domain.sections import ADDRESS_INFO, CUSTOMER, TOP_FIELDS
from data_access.queries.customers.choices import ChoiceLists, Editable, EditableCustomer, FormChoices
from data_access.queries.customers.customer import Head
from data_access.store.access import Access

NAME = "edit_customer"


@st.dialog("Edit customer", width="large", on_dismiss=dialog_state.close)
def draw(head: Head) -> None:
    """The dialog itself; it runs without its page, so it asks again who is signed in."""
    with feedback.refusals():
        _draw(context.access(), head)


def _draw(access: Access, head: Head) -> None:
    current = access.fetch(EditableCustomer(head.customer_id))
    st.text(f"{current.customer_code}  ·  {head.name}")
    if current.refusal:
        st.info(feedback.escape(current.refusal), icon=":material/lock:")
        return
    form = Form(access, NAME, head.customer_id)
    choices = access.fetch(FormChoices())
    since, holds = section_form.opened(form, CUSTOMER, _basis_of(current), choices.lists)
    opened = ADDRESS_INFO.title if page_params.tab() == ADDRESS_INFO.title else TOP_FIELDS.title
    top, address = st.tabs([TOP_FIELDS.title, ADDRESS_INFO.title], default=opened)
    with top:
        typed = _top_fields(form, current, since.shown, choices)
    with address:
        seen = replace(ADDRESS_INFO, fields=tuple(field for field in ADDRESS_INFO if field.name in since.shown))
        typed |= section_form.fields(form, seen, since.shown)
    with st.container(horizontal=True):
        if st.button("Save", type="primary", key=form.key("save")):
            _save(form, head, section_form.to_save(since, holds, typed))
        form.offer_start_over()


def _basis_of(current: Editable) -> Basis:
    return Basis(current.version, current.shown)


def _top_fields(form: Form, current: Editable, shown: Mapping[str, str], choices: ChoiceLists) -> dict[str, str]:
    fitting = {str(c.id): customer_fields.class_label(c) for c in choices.classes if c.fits(current.currency)}
    lists = {"customer_classes": fitting}
    names = ("customer_code", "customer_class_id")
    typed = {name: section_form.ask(form, TOP_FIELDS[name], shown[name], lists=lists) for name in names}
    if not current.is_prepaid:
        typed |= _limit(form, current, shown)
    with st.container(gap="xsmall"):
        control = "prepaid" if current.is_prepaid else "postpaid"
        st.caption("Fixed since the first save:")
        st.text(
            f"Currency {current.currency}  ·  Balance control: {control}  ·  Business model: {current.business_model}"
        )
    return typed


def _limit(form: Form, current: Editable, shown: Mapping[str, str]) -> dict[str, str]:
    if not form.access.actor.may(Permission.LIMIT_EDIT):
        limit = f"{shown['credit_limit']} {current.currency}" if shown["credit_limit"] else "no limit"
        who = who_can(Permission.LIMIT_EDIT).capitalize()
        st.text(f"{LABELS['credit_limit']}: {limit}. {who} can change it.")
        return {}
    return {"credit_limit": customer_fields.credit_limit(form, current.currency, shown["credit_limit"])[1]}


def _save(form: Form, head: Head, edit: Edit) -> None:
    order = EditCustomer(
        customer_id=head.customer_id, version=edit.since.version, shown=edit.since.shown, changes=edit.changes,
        command_id=form.command_id,
    )  # fmt: skip
    edit_conflicts.save(
        form,
        order,
        lambda saved: f"{saved.customer_code} is saved.{shown_if_changed(form.access, head)}",
        edit,
        lambda: _basis_of(form.access.fetch(EditableCustomer(head.customer_id))),
        wrong=customer_fields.missing_limit(form),
    )
