"""Orders about customer classes and their terms."""
