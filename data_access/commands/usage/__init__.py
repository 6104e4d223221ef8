"""Orders about what usage costs and is measured by."""
