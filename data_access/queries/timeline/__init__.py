"""Queries about what happened to a customer, in order of time."""
