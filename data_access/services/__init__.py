"""Effects within a unit of work that several commands share."""
