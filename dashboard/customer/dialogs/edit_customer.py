"""The dialog Edit customer: what two people change at once is merged, or chosen field by field."""

from collections.abc import Mapping

import streamlit as st

from dashboard.customer import customer_fields
from dashboard.customer.dialogs.outcome import shown_if_changed
from dashboard.kit import context, feedback
from dashboard.kit.forms import dialog_state, edit_conflicts
from dashboard.kit.forms.forms import Form
from data_access.base.errors import Stale
from data_access.base.permissions import Permission, who_can
from data_access.base.text.parsing import COUNTRIES
from data_access.commands.customers.customers import EditCustomer
from data_access.domain.field_labels import LABELS
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
    since = edit_conflicts.basis(form, edit_conflicts.Basis(current.version, current.shown))
    choices = access.fetch(FormChoices())
    holds = edit_conflicts.choices(form, LABELS, lambda name, text: _word(name, text, choices))
    top, address = st.tabs(["Top fields", "Address info"])
    with top:
        typed = _top_fields(form, current, since.shown, choices)
    with address:
        typed |= customer_fields.address(form, since.shown)
    with st.container(horizontal=True):
        if st.button("Save", type="primary", key=form.key("save")):
            _save(form, head, since, typed, holds)
        form.offer_start_over()


def _top_fields(form: Form, current: Editable, shown: Mapping[str, str], choices: ChoiceLists) -> dict[str, str]:
    typed = {"customer_code": form.text("customer_code", LABELS["customer_code"], shown["customer_code"])}
    fitting = {str(c.id): customer_fields.class_label(c) for c in choices.classes if c.fits(current.currency)}
    label = LABELS["customer_class_id"]
    typed["customer_class_id"] = form.choice("customer_class_id", label, fitting, shown["customer_class_id"])
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


def _word(name: str, text: str, choices: ChoiceLists) -> str:
    classes = {str(choice.id): choice.name for choice in choices.classes}
    words = {"customer_class_id": classes, "country": COUNTRIES}.get(name, {})
    return words.get(text, text)


def _save(
    form: Form, head: Head, since: edit_conflicts.Basis, typed: Mapping[str, str], holds: Mapping[str, str]
) -> None:
    complaints = edit_conflicts.undecided(holds) | customer_fields.missing_limit(form)
    if complaints:
        form.complain(complaints)
        return
    customer_id = int(form.subject)
    order = EditCustomer(
        customer_id=customer_id,
        version=since.version,
        shown=since.shown,
        changes=edit_conflicts.changes(typed, since, holds),
        command_id=form.command_id,
    )
    try:
        form.save(order, lambda saved: f"{saved.customer_code} is saved.{shown_if_changed(form.access, head)}")
    except Stale as stale:
        current = form.access.fetch(EditableCustomer(customer_id))
        edit_conflicts.ask_again(form, stale.conflicts, edit_conflicts.Basis(current.version, current.shown))
