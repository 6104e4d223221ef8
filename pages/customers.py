"""Customers: find them, narrow them down, open one."""

import streamlit as st

from dashboard.kit.addresses.links import new_customer_button
from dashboard.kit.context import open_page
from dashboard.lists.bulk.picking import bulk_button
from dashboard.lists.column_choice import column_choice
from dashboard.lists.customer_list import customer_list
from dashboard.lists.exports.export_button import export_button
from dashboard.lists.filter_bar import customer_filter, status_line, status_pills
from dashboard.lists.open_views import open_views, tell
from dashboard.lists.view_bar import refuse, view_pills
from dashboard.lists.view_menu import view_menu
from data_access.base.permissions import Permission

with st.container(key="title-line", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    access = open_page("Customers", Permission.CUSTOMER_READ)
    actions = st.container(key="title-actions", horizontal=True, width="content", gap="xsmall")

views = open_views(access, "customers")
pills = st.container(key="views-kept" if views.of_list.views else "views")  # the line that they take is kept free
with pills:
    refuse(access, views)
tell(views)
chosen = customer_filter(access)
statuses = status_line()
with actions:
    view_menu(access, views)
    column_choice(access, views)
    bulk_button(access)
    export_button(access, chosen)
    new_customer_button(access)
customer_list(access, chosen, views)
with pills:
    view_pills(access, views)
with statuses:
    status_pills(access, chosen)
