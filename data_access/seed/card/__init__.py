"""Settings that only some demo customers have."""
