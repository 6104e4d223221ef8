"""Your sessions: where you are signed in, and signing out everywhere at once."""

import streamlit as st

from dashboard.kit.context import open_page
from dashboard.people import session_list
from data_access.base.permissions import Permission

access = open_page("Your sessions", Permission.CUSTOMER_READ)
st.caption("Do you see a browser that is not yours? Sign out everywhere, then change your password.")
session_list.own(access)
