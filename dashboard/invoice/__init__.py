"""The page Invoice, and its paper."""
