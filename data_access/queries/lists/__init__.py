"""Questions about many customers: found, counted, exported."""
