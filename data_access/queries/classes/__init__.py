"""Queries about customer classes and their terms."""
