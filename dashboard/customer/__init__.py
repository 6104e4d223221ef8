"""The page of a customer, and the form for a new one."""
