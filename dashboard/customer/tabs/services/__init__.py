"""The tabs about what a customer uses."""
