"""Custom fields: what the administrator defined for the class of the customer, and the values."""

import streamlit as st

from dashboard.customer.actions import Action, action_buttons
from dashboard.customer.dialogs.card import custom_fields
from dashboard.customer.sections import Drawn, Tab
from dashboard.kit.feedback import escape
from dashboard.kit.tables.table import Column, Columns, table
from data_access.base.permissions import Permission, who_can
from data_access.queries.customers.custom_fields import CustomFieldsOf
from data_access.queries.customers.customer import Head
from data_access.store.access import Access


def _fields(access: Access, head: Head) -> None:
    view = access.fetch(CustomFieldsOf(head.customer_id))
    edit = Action(custom_fields.NAME, "Edit custom fields", ":material/edit:", Permission.CUSTOMER_EDIT, edits=True)
    action_buttons(access, head, [edit])
    if any(not view.section.is_seen(field, access.actor) for field in view.section):
        who = who_can(Permission.PERSONAL_READ).capitalize()
        st.caption(escape(f"Personal data is masked: your role has no right to see it. {who} can."))
    columns: Columns[tuple[str, str]] = (
        Column("Field", lambda row: row[0]),
        Column("Entered", lambda row: row[1] or "nothing yet"),
    )
    table(view.said, columns, alt="Custom fields of the customer")


TAB = Tab("Custom fields", (Drawn(_fields),), lambda head: head.has_custom_fields)
