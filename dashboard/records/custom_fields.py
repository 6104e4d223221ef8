"""The page of custom fields, apart from its form: for which classes a field is enabled."""

import streamlit as st

from dashboard.kit import feedback
from dashboard.kit.forms.forms import Form, just_saved
from data_access.base.permissions import Permission
from data_access.commands.customers.custom_fields import EnableCustomField
from data_access.queries.customers.custom_fields import ClassesOfCustomField
from data_access.queries.records.records import RecordRow
from data_access.store.access import Access

ENABLE = "enable_custom_field"


def classes(access: Access, record: RecordRow) -> None:
    """The classes whose customers have the chosen field."""
    if just_saved(ENABLE, record.record_id):
        feedback.show_done()
    listed = access.fetch(ClassesOfCustomField(record.record_id))
    names = {str(one.class_id): one.name for one in listed}
    has = " ".join(sorted(str(one.class_id) for one in listed if one.is_enabled))
    if not access.actor.may(Permission.CLASS_EDIT):
        st.text(f"Enabled for: {', '.join(one.name for one in listed if one.is_enabled) or 'no class'}.")
        return
    form = Form(access, ENABLE, record.record_id)
    chosen = form.several("class_ids", "Enabled for customer classes", names, has, help="Their customers have it.")
    if st.button("Save the classes", key=form.key("go")):
        order = EnableCustomField(
            record_id=record.record_id, class_ids=tuple(map(int, chosen.split())), command_id=form.command_id
        )
        form.save(order, lambda _: "The classes are saved.")
