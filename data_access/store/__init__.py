"""The doors to the database: who sees which rows, and the only ways to write any."""
