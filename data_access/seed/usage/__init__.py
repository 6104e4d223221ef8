"""What usage of the demo is priced and measured by."""
