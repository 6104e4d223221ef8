"""The page Planned changes."""
