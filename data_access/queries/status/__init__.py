"""Questions about the status of a customer: why it is so, and what can be done about it."""
