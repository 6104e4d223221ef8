"""Demo data: customers of a provider who never were, with the lives and the books that real ones have."""
