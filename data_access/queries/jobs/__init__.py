"""Questions about jobs, what is due, and what became of it."""
