"""Queries about records that administrators maintain, and records that others refer to."""
