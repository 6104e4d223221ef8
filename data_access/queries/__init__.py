"""What may be asked. A query is a frozen value that says which permission it needs."""
