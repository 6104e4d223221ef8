"""Commands about customer classes and their terms."""
