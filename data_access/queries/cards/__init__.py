"""Questions about stored cards."""
