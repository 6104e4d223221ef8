"""Queries about bulk actions: whose turn it is, and the state of each run."""
