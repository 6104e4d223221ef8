"""Numbers: given to customers and taken back, kept in the pool, and the short ones that customers dial."""
