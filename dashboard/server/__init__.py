"""Everything in front of Streamlit: launcher, guard, headers, routes."""
