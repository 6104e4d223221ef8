"""Pages of lists, and the place at which the next one begins."""
