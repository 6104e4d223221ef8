"""Queries about one customer: header, address, accounts, notes, limits and messages."""
