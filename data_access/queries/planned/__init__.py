"""Queries about the coming days of all customers."""
