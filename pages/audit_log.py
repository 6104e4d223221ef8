"""Audit log: who did what when to whom, which fields that changed, and why."""

import streamlit as st

from dashboard.audit.audit_bar import audit_filter
from dashboard.audit.audit_table import changed_table, done_table
from dashboard.kit import cache
from dashboard.kit.context import open_page
from data_access.base.permissions import Permission
from data_access.queries.audit.audit import AuditChoices

access = open_page("Audit log", Permission.AUDIT_READ)
chosen, by_field = audit_filter(cache.fetch(access, AuditChoices()))

if by_field:
    changed_table(access, chosen)
else:
    done_table(access, chosen)
st.caption("Days begin and end in UTC. Personal values are hidden from those without the right to see them.")
