"""Subscription plans: what customers can be subscribed to, what it costs, and when it is charged."""

import streamlit as st

from dashboard.kit.context import open_page
from dashboard.kit.feedback import escape
from dashboard.plans import offer_forms, offer_list
from data_access.base.permissions import Permission
from data_access.queries.services.plans import PlansInUse
from data_access.queries.services.services import Plans

access = open_page("Subscription plans", Permission.CLASS_READ)
plans = access.fetch(Plans())
may_edit = access.actor.may(Permission.CLASS_EDIT)
offer_forms.told(plans)
if not may_edit:
    st.caption(f"You can look; {escape(access.actor.who_can(Permission.CLASS_EDIT))} can change them.")

plan = offer_list.chosen(plans)
if may_edit and plan is not None:
    with st.container(border=True):
        st.header(f"Change {escape(plan.name)}", anchor=False)
        offer_forms.change(access, plan)
if may_edit:
    with st.expander("Add a plan", icon=":material/add_card:", expanded=not plans):
        offer_forms.add(access)
offer_list.offers(plans, access.fetch(PlansInUse()), may_edit=may_edit)
