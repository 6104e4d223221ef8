"""Orders about export files."""
