"""The page of a customer, and the form of a new one."""
