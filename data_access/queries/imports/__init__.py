"""Questions about imports of files."""
