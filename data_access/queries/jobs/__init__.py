"""Queries about jobs, what is due, and the results."""
