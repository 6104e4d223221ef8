"""The tabs about what a customer owes, pays and is billed."""
