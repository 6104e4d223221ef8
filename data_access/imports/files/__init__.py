"""Files as tables: what they are like, and their rows as they are read."""
