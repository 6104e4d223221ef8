"""What administrators keep for all customers: added, changed, removed, a module an area."""
