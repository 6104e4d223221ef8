"""Advanced search: conditions on every field, and the only way to find the permanently terminated."""

import streamlit as st

from dashboard.kit.context import open_page
from dashboard.lists.bulk.picking import bulk_button
from dashboard.lists.column_choice import column_choice
from dashboard.lists.condition_pills import filter_sentence
from dashboard.lists.condition_rows import advanced_filter
from dashboard.lists.customer_list import customer_list
from dashboard.lists.exports.export_button import export_button
from dashboard.lists.open_views import open_views, tell
from dashboard.lists.sort_choice import sort_choice
from dashboard.lists.view_bar import refuse, view_pills
from dashboard.lists.view_menu import view_menu
from data_access.base.permissions import Permission

with st.container(key="title-line", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    access = open_page("Advanced search", Permission.CUSTOMER_READ)
    actions = st.container(key="title-actions", horizontal=True, width="content", gap="xsmall")

views = open_views(access, "advanced_search")
pills = st.container(key="views-kept" if views.of_list.views else "views")  # the line that they take is kept free
with pills:
    refuse(access, views)
tell(views)
chosen = advanced_filter(access)
if chosen is None:
    st.info("Fix or remove the condition that cannot be used: nothing is searched until then.")
else:
    with actions:
        view_menu(access, views)
        sort_choice(access, chosen)
        column_choice(access, views)
        bulk_button(access)
        export_button(access, chosen)
    filter_sentence(chosen)
    customer_list(access, chosen, views)
with pills:
    view_pills(access, views)
