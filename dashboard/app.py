"""Entry point of `streamlit run dashboard/app.py`: the server when it is imported, the shell when a session runs it."""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard.server import server
from dashboard.shell import shell

if get_script_run_ctx(suppress_warning=True) is not None:
    shell.render()
else:
    app = st.App(__file__, **server.build())  # Streamlit looks for exactly this assignment
