"""The tables of what stands on a customer's card beside its own row, an area a module."""
