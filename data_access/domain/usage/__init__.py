"""Usage: what a quota grants, and whether a service may be used."""
