"""The page Credit exposure."""
