"""Orders about imports of files."""
