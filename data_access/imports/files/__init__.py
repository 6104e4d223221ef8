"""Files as tables: their formats, and their rows as they are read."""
