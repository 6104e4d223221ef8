"""What the usage of a customer is priced and measured by."""
