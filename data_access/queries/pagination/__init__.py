"""Pages of lists, and where the next one begins."""
