"""The tabs of what stands about a customer in tables of their own."""
