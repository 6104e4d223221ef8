"""Effects inside a unit of work, which several commands have in common."""
