"""Planned changes: what will happen to customers automatically or by plan, day by day, and to whom."""

import streamlit as st

from dashboard.kit import cache, viewer
from dashboard.kit.context import open_page
from dashboard.planned.plan_form import plan_form
from dashboard.planned.planned_bar import asked, bar, narrowed, only_day, periods, reseller_id
from dashboard.planned.planned_calendar import calendar
from dashboard.planned.planned_export import planned_export
from dashboard.planned.planned_list import planned_list
from data_access.base.permissions import Permission
from data_access.queries.customers.choices import FormChoices
from data_access.queries.planned.planned import PlannedChanges

MOST = 1000

with st.container(key="title-line", horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    access = open_page("Planned changes", Permission.CUSTOMER_READ)
    actions = st.container(key="title-actions", horizontal=True, width="content", gap="xsmall")
chosen = asked()
resellers = cache.fetch(access, FormChoices()).resellers
of_reseller = reseller_id(chosen, resellers)
ahead = cache.fetch(access, PlannedChanges(chosen.window, chosen.asks, MOST, of_reseller))
bar(chosen, ahead.rows, resellers)
if chosen.kind and ahead.more:  # the others may have left no room for them
    ahead = cache.fetch(access, PlannedChanges(chosen.window, chosen.kind, MOST, of_reseller))

rows = narrowed(chosen, ahead.rows)
clicked = calendar(rows, viewer.today(access))
if clicked is not None:
    only_day(chosen, clicked)

with actions:
    planned_export(access, chosen, of_reseller)
plan_form(access)
planned_list(access, [row for row in rows if chosen.day in (None, row.told.on)], ahead.whole_until)
periods(access, chosen, resellers)
st.caption("Days are those where each customer is billed. What a payment or a decision prevents does not happen.")
