"""Questions about customer classes and their terms."""
