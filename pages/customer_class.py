"""Customer class: its terms as timelines, its parameters, and every version that there was."""

import streamlit as st

from dashboard.classes import class_page
from dashboard.kit.addresses import page_params
from dashboard.kit.context import access as here
from dashboard.kit.feedback import escape
from data_access.base.errors import NotFound
from data_access.base.permissions import Permission
from data_access.queries.classes.policies import ClassPolicies

access = here()
access.actor.require(Permission.CLASS_READ)

try:
    of_class = access.fetch(ClassPolicies(page_params.class_id()))
except NotFound:
    class_page.not_found()
else:
    st.title(escape(of_class.name), anchor=False)
    class_page.head(access, of_class)
    class_page.draw(access, of_class)
