"""Commands about numbers: assigned to customers and released, kept in the pool, and abbreviated ones."""
