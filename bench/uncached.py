"""The dashboard as it is when no cache answers: emptied before each run of a page."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.kit import cache
from dashboard.server import server
from dashboard.shell import shell

if get_script_run_ctx(suppress_warning=True) is not None:
    cache.forget()
    shell.render()
else:
    app = st.App(__file__, **server.build())  # Streamlit looks for exactly this assignment
