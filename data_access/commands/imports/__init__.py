"""Commands about imports of files."""
