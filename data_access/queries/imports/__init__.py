"""Queries about imports of files."""
