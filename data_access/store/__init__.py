"""Database access: who sees which rows, and the only ways to write any."""
