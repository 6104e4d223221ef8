"""Orders about stored cards, and what the bank answered."""
