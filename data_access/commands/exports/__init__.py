"""Commands about export files."""
