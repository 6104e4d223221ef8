"""Everything that uses Streamlit, between the pages and data access."""
