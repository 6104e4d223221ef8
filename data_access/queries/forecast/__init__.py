"""Queries about what happens next to a customer."""
