"""Charts: frame in, figure out; no screen, no database, no clock."""
