"""Queries about the audit log: what was done, which fields changed, and whether it is intact."""
