"""Commands about collection cases and promises to pay."""
