"""The kit: everything that knows the screen, between the pages and data access."""
