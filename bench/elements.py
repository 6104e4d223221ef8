"""The elements of the page of customers with nothing in them: what Streamlit takes to draw so many, at least."""

import pyarrow as pa
import streamlit as st

_CELLS = pa.table({f"column {number}": ["some text"] * 25 for number in range(9)})

st.html("<style>p{color:inherit}</style>")
with st.sidebar:
    st.button("Find")
    st.text("Name")
    st.caption("Login")
    with st.popover("Help"):
        st.markdown("Help")
    st.html("<a>Sign out</a>")
with st.container(key="title-line", horizontal=True):
    st.title("Customers", anchor=False)
    actions = st.container(key="title-actions", horizontal=True)
with st.container(key="filters", horizontal=True):
    st.text_input("Find", type="search", label_visibility="collapsed")
    for number in range(5):
        st.selectbox(f"Choice {number}", ["one", "another"], label_visibility="collapsed")
    st.popover("More filters", on_change="rerun", key="more")
    st.button("Default")
statuses = st.container(key="statuses", horizontal=True)
with actions:
    st.popover("Export", on_change="rerun", key="export")
    st.button("New customer")
st.dataframe(_CELLS, hide_index=True, on_select="rerun", selection_mode="single-row")
with st.container(key="pager", horizontal=True):
    st.text("1-25 of 30,000")
    with st.container(horizontal=True):
        for label in ("First", "Previous", "Next", "Last"):
            st.button(label)
with st.container(key="list-sums", horizontal=True):
    st.text("Together:")
    st.text("1.00 EUR owed, nothing overdue")
with statuses:
    st.pills("Status", ["one", "another"], selection_mode="multi", label_visibility="collapsed")
