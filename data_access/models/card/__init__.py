"""The tables of customer settings outside the customer's own row, one module for each area."""
