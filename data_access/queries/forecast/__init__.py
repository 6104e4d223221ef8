"""Questions about what happens next to a customer."""
