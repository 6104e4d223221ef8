"""From a select to typed columns, and to frames."""
