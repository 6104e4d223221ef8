"""Questions about the days ahead of all customers."""
