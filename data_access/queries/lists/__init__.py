"""Queries about many customers: found, counted, exported."""
