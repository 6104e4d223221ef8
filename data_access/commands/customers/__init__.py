"""Commands about a customer, its status, its limits and its notes."""
