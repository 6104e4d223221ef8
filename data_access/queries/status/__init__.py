"""Queries about the status of a customer: why it applies, and what can be done about it."""
