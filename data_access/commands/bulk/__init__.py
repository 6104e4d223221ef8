"""Orders about many customers at once: tried, started, undone; and what is done to each of them."""
