"""Addresses: which pages there are, the way to each, and what its address says."""
