"""The tabs of what a customer uses."""
