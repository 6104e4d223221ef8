"""Queries about stored cards."""
