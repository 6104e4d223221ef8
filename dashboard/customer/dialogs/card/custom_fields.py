"""The dialog Edit custom fields: a form generated from what the administrator defined for the class."""

from collections.abc import Mapping

import streamlit as st

from dashboard.customer.dialogs.dialog_frame import Draw, window
from dashboard.customer.dialogs.outcome import shown_if_changed
from dashboard.kit.feedback import escape
from dashboard.kit.forms import edit_conflicts, section_form
from dashboard.kit.forms.edit_conflicts import Basis
from dashboard.kit.forms.forms import Form
from data_access.commands.customers.custom_fields import EditCustomFields
from data_access.queries.customers.custom_fields import CustomFieldsOf, CustomFieldsView
from data_access.queries.customers.customer import Head
from data_access.store.access import Access

NAME = "edit_custom_fields"


def _edit(access: Access, head: Head) -> None:
    view = access.fetch(CustomFieldsOf(head.customer_id))
    if view.refusal:
        st.info(escape(view.refusal), icon=":material/lock:")
        return
    form = Form(access, NAME, head.customer_id)
    hidden = [field.label for field in view.section if not view.section.is_seen(field, access.actor)]
    if hidden:
        st.caption(escape(f"Personal data, not shown to your role: {', '.join(hidden)}."))
    edit = section_form.edit(form, view.section.only(tuple(view.shown)), _basis(view))
    with st.container(horizontal=True):
        if st.button("Save", type="primary", key=form.key("save")):
            order = EditCustomFields(
                customer_id=head.customer_id, version=edit.since.version, shown=edit.since.shown,
                changes=edit.changes, command_id=form.command_id,
            )  # fmt: skip
            edit_conflicts.save(
                form, order, lambda _: f"The custom fields are saved.{shown_if_changed(access, head)}", edit,
                lambda: _basis(access.fetch(CustomFieldsOf(head.customer_id))),
            )  # fmt: skip
        form.offer_start_over()


def _basis(view: CustomFieldsView) -> Basis:
    return Basis(view.version, view.shown)


DIALOGS: Mapping[str, Draw] = {NAME: window("Edit custom fields", _edit, width="medium")}
