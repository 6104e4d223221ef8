"""Queries about people and their sessions."""
