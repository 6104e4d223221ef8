"""Advanced search: conditions on every field, and the only way to the permanently terminated."""

import streamlit as st

from dashboard.kit.context import open_page
from dashboard.lists.column_choice import column_choice
from dashboard.lists.condition_rows import advanced_filter
from dashboard.lists.customer_list import customer_list
from dashboard.lists.exports import export_button
from dashboard.lists.sort_choice import sort_choice
from data_access.base.permissions import Permission

with st.container(key="title-line", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    access = open_page("Advanced search", Permission.CUSTOMER_READ)
    actions = st.container(key="title-actions", horizontal=True, width="content", gap="xsmall")

chosen = advanced_filter(access)
if chosen is None:
    st.info("Fix or remove the condition that cannot be used: nothing is searched until then.")
else:
    with actions:
        sort_choice(access, chosen)
        column_choice(access)
        export_button(access, chosen)
    customer_list(access, chosen)
