"""Bulk actions from a list: which customers are selected, and the form."""
