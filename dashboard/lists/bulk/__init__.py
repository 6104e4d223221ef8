"""Acting on many from a list: who is picked, and the form of a bulk action."""
