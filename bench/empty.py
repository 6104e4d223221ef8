"""The empty page that others are measured against."""

import streamlit as st

st.empty()
