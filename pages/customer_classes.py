"""Customer classes: their terms in short, and the company's calendar."""

import streamlit as st

from dashboard.classes import class_changes, company_calendar
from dashboard.classes.class_list import class_list
from dashboard.kit import viewer
from dashboard.kit.context import open_page
from data_access.base.permissions import Permission
from data_access.queries.classes.policies import Holidays

access = open_page("Customer classes", Permission.CLASS_READ)
class_changes.told()
class_list(access)
if access.actor.may(Permission.CLASS_EDIT):
    with st.expander("Add a class", icon=":material/category:"):
        class_changes.add(access)

today = viewer.today(access)
company_calendar.told()
company_calendar.calendar(access, access.fetch(Holidays(today)), today)
