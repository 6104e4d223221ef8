"""The tabs of what a customer owes, pays and is billed."""
