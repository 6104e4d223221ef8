"""What usage costs and is measured by."""
