"""Webhooks: which other systems are notified of events, and whether the messages arrive."""

import streamlit as st

from dashboard.kit.context import open_page
from dashboard.kit.feedback import escape
from dashboard.kit.forms import one_time
from dashboard.webhooks import webhook_forms, webhook_table
from data_access.base.permissions import Permission
from data_access.queries.customers.messages import Webhooks
from data_access.queries.jobs.deliveries import RecentDeliveries

access = open_page("Webhooks", Permission.HOOK_MANAGE)
hooks = access.fetch(Webhooks())
webhook_forms.told(hooks)
one_time.draw()

webhook_table.webhooks(hooks)
hook = webhook_table.chosen(hooks)
if hook is not None:
    with st.container(border=True):
        st.header(f"Change {escape(hook.name)}", anchor=False)
        webhook_forms.change(access, hook)

with st.expander("Add a webhook", icon=":material/add_link:", expanded=not hooks):
    webhook_forms.add(access)
webhook_forms.signed()

if hooks:
    st.header(f"Recently sent{escape(f': {hook.name}' if hook else '')}", anchor=False)
    webhook_table.deliveries(hook, access.fetch(RecentDeliveries(hook.webhook_id if hook else None)))
