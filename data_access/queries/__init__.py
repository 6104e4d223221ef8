"""The queries. A query is a frozen value that declares the permission it needs."""
