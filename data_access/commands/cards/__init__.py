"""Commands about stored cards, and the answers of the bank."""
